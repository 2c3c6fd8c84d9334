//! The whole coder on an article like those it is made for: right dyad, direction, act, status and dates.

use entente::event::{Act, Event, Mode, Status};
use entente::pipeline::Pipeline;
use entente::record::Record;

const ARTICLE: &str = "date 2024-11-03 HANOI: Vietnam and India are strengthening ties, as a trade delegation is expected to visit Vietnam this month, sources said on Saturday.

Sources informed the Hanoi Courier that Indian Foreign Minister Subrahmanyam Jaishankar is anticipated to visit Vietnam this month.

Last week, a 30-member Vietnamese trade delegation visited India.

On the sidelines of the summit, the prime ministers of Vietnam and India held talks on trade.

Copyright Hanoi Courier, 2024";

fn coded(text: &str) -> Vec<Event> {
    let pipeline = Pipeline::embedded().expect("the coder loads");
    pipeline.process(&Record::from_payload(text)).expect("a sound article")
}

#[test]
fn visits_talks_and_ties_are_coded_with_direction_status_and_dates() {
    let events = coded(ARTICLE);
    assert!(events.iter().all(|event| event.dyad == "IND-VNM"), "{events:#?}");
    let find = |source: &str, act: Act, mode: Option<Mode>, status: Status| {
        let fits = |event: &&Event| {
            (event.source.country == source || event.reciprocal)
                && event.event.act == act
                && event.event.mode == mode
                && event.status == status
        };
        events.iter().find(fits).unwrap_or_else(|| panic!("no {act} {status} by {source} in {events:#?}"))
    };
    let announced = find("IND", Act::Consult, Some(Mode::Visit), Status::Anticipated);
    assert_eq!((announced.event.plover, announced.event.cameo.as_str()), (Act::Agree, "036"));
    let date = announced.date.as_ref().expect("this month");
    assert_eq!((date.start.to_string().as_str(), date.end.to_string().as_str()), ("2024-11-01", "2024-11-30"));
    find("VNM", Act::Consult, Some(Mode::Visit), Status::Occurred);
    find("VNM", Act::Consult, None, Status::Occurred);
    find("VNM", Act::Cooperate, None, Status::Ongoing);
}

#[test]
fn the_same_article_gives_the_same_bytes() {
    let bytes = || coded(ARTICLE).iter().map(|event| serde_json::to_string(event).expect("an event is JSON")).collect::<Vec<_>>();
    assert_eq!(bytes(), bytes());
}

#[test]
fn every_span_holds_the_words_it_says() {
    for event in coded(ARTICLE) {
        for evidence in &event.evidence {
            assert_eq!(evidence.text.len(), evidence.span.len(), "{evidence:?}");
        }
        let evidence = event.evidence.first().expect("an event rests on a sentence");
        for (span, text) in [
            (event.source.span, &event.source.text),
            (event.target.span, &event.target.text),
            (event.event.trigger.span, &event.event.trigger.text),
        ] {
            if evidence.span.contains(span) {
                let start = (span.start - evidence.span.start) as usize;
                assert_eq!(evidence.text.get(start..start + span.len()), Some(text.as_str()));
            }
        }
    }
}

#[test]
fn an_event_told_a_thousand_times_keeps_the_evidence_of_its_first_tellings() {
    let events = coded(&format!("date 2024-11-03 SANTIAGO: {}", "Chile condemned Peru on Saturday.\n\n".repeat(1000)));
    let [event] = events.as_slice() else { panic!("{} events", events.len()) };
    assert_eq!(event.evidence.len(), 32);
    assert!(event.evidence.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start), "in text order");
    assert!(event.evidence.iter().all(|evidence| evidence.span.end < 2000), "the first ones");
}

/// The acts of one sentence as `SOURCE ACT TARGET status`.
fn acts(sentence: &str) -> Vec<String> {
    let told = |event: &Event| {
        format!("{} {} {} {}", event.source.country, event.event.plover, event.target.country, event.status).to_uppercase()
    };
    coded(&format!("date 2024-11-03 {sentence}")).iter().map(told).collect()
}

/// Each text tells its act.
fn each_tells(cases: &[(&str, &str)]) {
    for (text, act) in cases {
        let found = acts(text);
        assert!(found.iter().any(|told| told == act), "{text}: no {act} in {found:?}");
    }
}

/// No text tells an act of the kind that stands with it.
fn none_tells(cases: &[(&str, &str)]) {
    for (text, act) in cases {
        let found = acts(text);
        assert!(found.iter().all(|told| !told.contains(act)), "{text}: {act} in {found:?}");
    }
}

#[test]
fn what_one_says_of_another_will_not_do_and_will_do_in_return_is_an_act_of_words() {
    each_tells(&[
        // Another's misdeed, told as somebody's word.
        ("Cambodia says Laotian soldiers have blocked the road to Phnom Penh since May.", "KHM ACCUSE LAO OCCURRED"),
        ("Ukraine said on Tuesday that Russia was behind the attack on its railway.", "UKR ACCUSE RUS OCCURRED"),
        ("Cairo called the Ethiopian step a provocation.", "EGY ACCUSE ETH OCCURRED"),
        ("Kenya condemned the attack on a Somali school.", "KEN SUPPORT SOM OCCURRED"),
        // To be without it is to refuse it; to say so is the act.
        ("Iran will not tolerate the Armenian corridor.", "IRN REJECT ARM OCCURRED"),
        ("Nicaragua has not answered to Costa Rica.", "NIC REJECT CRI OCCURRED"),
        // What one will do in return.
        ("Moscow said that any violation by Finland would be met with force.", "RUS THREATEN FIN OCCURRED"),
        // Only what is to be done is asked for.
        ("Cuba insisted that Spain return the file.", "CUB REQUEST ESP OCCURRED"),
    ]);
    none_tells(&[
        ("Baku insists that the Armenians are saboteurs.", "REQUEST"),
        ("Oslo neither confirmed nor denied it to Sweden.", "REJECT"),
        ("Kuwait thanked the Iraqi charge d'affaires.", "ACCUSE"),
    ]);
}

#[test]
fn who_acts_is_found_in_crowds_missiles_and_headlines() {
    each_tells(&[
        ("A ballistic missile fired from Yemen landed near an Israeli airport.", "YEM ASSAULT ISR OCCURRED"),
        ("Hundreds of protesters marched on the Israeli embassy in Amman on Friday.", "JOR PROTEST ISR OCCURRED"),
        ("Israel carried out air strikes on a depot near Damascus.", "ISR ASSAULT SYR OCCURRED"),
        ("Kenya becomes the third state to recognise Kosovo.", "KEN SUPPORT XKX OCCURRED"),
    ]);
}

#[test]
fn what_a_headline_says_is_to_be_done_has_not_happened() {
    let payload = serde_json::json!({
        "id": "headline",
        "title": "Belgium to recognise Palestine, slap sanctions on Israeli settlers' goods",
        "text": "The decision was taken at night.",
        "published_at": "2025-09-02",
    });
    let events = coded(&payload.to_string());
    let told: Vec<(&str, Status)> = events.iter().map(|event| (event.dyad.as_str(), event.status)).collect();
    assert_eq!(told, [("BEL-PSE", Status::Anticipated), ("BEL-ISR", Status::Anticipated)]);
}

#[test]
fn each_act_of_a_sentence_has_the_date_that_is_told_of_it() {
    for (sentence, told) in [
        (
            "EU monitors have watched the line since 2008, when Russian tanks drove Georgian troops out of the gorge.",
            "RUS GEO 2008-01-01 2008-12-31",
        ),
        (
            "Bangladesh closed its mission in Agartala on Tuesday, a day after Indian police attacked Bangladeshi students.",
            "IND BGD 2024-10-14 2024-10-14",
        ),
        (
            "A day after Indian police attacked Bangladeshi students, Bangladesh recalled its ambassador to India on Tuesday.",
            "IND BGD 2024-10-14 2024-10-14",
        ),
        (
            "Iran attacked Israel three days after Israel bombed the Iranian embassy in Damascus on April 1.",
            "ISR IRN 2024-04-01 2024-04-01",
        ),
        (
            "Talks between Norway and Russia on the herring quota for next year ended without result on Thursday.",
            "NOR RUS 2024-10-10 2024-10-10",
        ),
        ("In 2019 it was Rwanda that closed the border with Uganda.", "RWA UGA 2019-01-01 2019-12-31"),
        (
            "In 2005 the two navies came close to blows: Indonesia attacked a Malaysian patrol boat.",
            "IDN MYS 2005-01-01 2005-12-31",
        ),
        ("Peru accused Chile of spying at a meeting held on 11 August.", "PER CHL 2024-08-11 2024-08-11"),
        ("Britain will help Mauritius under the accord announced on October 3.", "GBR MUS 2024-10-03 2024-10-03"),
        ("The Kremlin said on Friday that Russia had bombed a Ukrainian depot on Wednesday.", "RUS UKR 2024-10-09 2024-10-09"),
        ("Egypt will host talks with Sudan on October 30.", "EGY SDN 2024-10-30 2024-10-30"),
        ("Russia threatened Japan before the vote of May 3.", "RUS JPN 2024-10-15 2024-10-15"),
        // What has happened is not dated by what is still to come.
        ("Thailand rejected the Cambodian request but agreed to meet the minister next month.", "THA KHM 2024-10-15 2024-10-15"),
        ("Chad and Libya agreed to exchange prisoners by December 15.", "LBY TCD 2024-10-15 2024-10-15"),
        ("Hungary threatened on Monday to cut exports to Slovakia if it raises its fees.", "HUN SVK 2024-10-14 2024-10-14"),
    ] {
        let payload = serde_json::json!({"text": sentence, "published_at": "2024-10-15"});
        let shown = |event: &Event| {
            let date = event.date.as_ref().map(|date| format!("{} {}", date.start, date.end)).unwrap_or_default();
            format!("{} {} {date}", event.source.country, event.target.country)
        };
        let found: Vec<String> = coded(&payload.to_string()).iter().map(shown).collect();
        assert!(found.iter().any(|found| found == told), "{sentence}: no {told} in {found:?}");
    }
}

#[test]
fn help_words_and_mediation_are_told_by_what_they_are_and_likenesses_of_them_are_not() {
    each_tells(&[
        // A word in two parts is the word.
        ("Israel announced a cease-fire with Lebanon on Friday.", "ISR CONCEDE LBN OCCURRED"),
        ("Russia and Mongolia performed war games in October.", "MNG COOPERATE RUS OCCURRED"),
        // Who mediates does so between the two that stand beside.
        ("India and Nepal settled their dispute after Qatari mediation.", "QAT CONSULT IND OCCURRED"),
        ("India and Nepal settled their dispute after Qatari mediation.", "QAT CONSULT NPL OCCURRED"),
        // Nationals are people.
        ("Malawi was hosting about 2,000 Mozambicans.", "MWI AID MOZ OCCURRED"),
        // What is taxed is its country's trade.
        ("China scrapped its tariffs on Australian wine.", "CHN RETREAT AUS OCCURRED"),
        ("The U.S. secretary of state met Pakistan's army chief.", "PAK CONSULT USA OCCURRED"),
        ("Lula called the Colombian president to thank him.", "BRA CONSULT COL OCCURRED"),
        ("The Sudanese government welcomed the Chadian move.", "SDN SUPPORT TCD OCCURRED"),
        ("A cable links Norway and Britain.", "GBR COOPERATE NOR ONGOING"),
    ]);
    for sentence in [
        "Spain and Italy share a love of coffee.",
        "The river meets the sea between Ghana and Togo.",
        "A Greek patrol boat was painted in Cyprus.",
        "Kuwait was left in the dark by an Iraqi storm.",
    ] {
        let found = acts(sentence);
        assert!(found.is_empty(), "{sentence}: {found:?}");
    }
}

#[test]
fn who_opens_the_next_clause_is_not_acted_upon_in_this_one() {
    for text in [
        "Russia sent trainers to Mali, and the United States has withdrawn its drones from Niger.",
        "Turkey opened a hospital in Iskenderun, and Ukraine and Poland dispatched rescuers to Turkey.",
        "Japan gave patrol boats to the Philippines and Vietnam, and Australia and Canada offered radar to Manila.",
    ] {
        let told = acts(text);
        let wrong = ["RUS AID USA", "TUR AID UKR", "TUR AID POL", "JPN AID AUS", "JPN AID CAN"];
        assert!(!told.iter().any(|act| wrong.iter().any(|wrong| act.starts_with(wrong))), "{told:?}");
    }
}

#[test]
fn talks_that_one_travels_for_are_held_when_he_is_there() {
    let told = acts("Greek Prime Minister Mitsotakis leaves for Ankara on Tuesday for talks with Erdogan.");
    assert!(!told.is_empty() && told.iter().all(|act| act.ends_with("ANTICIPATED")), "{told:?}");
    let told = acts("Greek Prime Minister Mitsotakis flew to Ankara on Tuesday for talks with Erdogan.");
    assert!(!told.is_empty() && told.iter().all(|act| act.ends_with("OCCURRED")), "{told:?}");
}

#[test]
fn the_name_of_a_person_is_no_act() {
    let told =
        acts("Canadian Defence Minister David McGuinty met his Norwegian counterpart Tore Sandvik aboard a coast guard ship.");
    assert_eq!(told, ["CAN CONSULT NOR OCCURRED"]);
}

#[test]
fn who_recalls_his_envoy_behind_a_semicolon_charges_nobody() {
    let told = acts("Morocco jails Spanish journalist; Spain recalls envoy");
    assert!(!told.iter().any(|act| act.starts_with("ESP ACCUSE")), "{told:?}");
    let told = acts("Moroccan police have jailed a Spanish journalist, Spain said on Monday.");
    assert!(told.iter().any(|act| act.starts_with("ESP ACCUSE MAR")), "{told:?}");
}

#[test]
fn what_is_done_for_the_sake_of_another_thing_is_done() {
    each_tells(&[
        ("Gambian President Adama Barrow called his Senegalese counterpart to congratulate him.", "GMB SUPPORT SEN OCCURRED"),
        ("Turkey closed the frontier to support Azerbaijan.", "TUR SUPPORT AZE OCCURRED"),
        ("Mongolia rejected criticism from Ukraine for failing to arrest the president.", "UKR ACCUSE MNG OCCURRED"),
        ("Tehran is ready to talk to Riyadh.", "IRN AGREE SAU OCCURRED"),
    ]);
}

#[test]
fn who_sends_observers_meets_nobody_and_whoever_is_where_the_object_is_visits_nobody() {
    none_tells(&[
        ("Denmark and the Netherlands will send observers to the next summit.", "AGREE"),
        ("Colombian President Gustavo Petro criticized the government in Lima.", "CONSULT"),
    ]);
}

#[test]
fn who_speaks_of_what_two_did_together_speaks_of_both() {
    each_tells(&[
        ("Fiji and Vanuatu signed a security treaty. China expressed concern about the treaty.", "CHN ACCUSE FJI OCCURRED"),
        ("Fiji and Vanuatu signed a security treaty. China expressed concern about the treaty.", "CHN ACCUSE VUT OCCURRED"),
        ("Norway and Canada will patrol the waters together. Russia criticised the plan.", "RUS ACCUSE NOR OCCURRED"),
        ("Norway and Canada will patrol the waters together. Russia criticised the plan.", "RUS ACCUSE CAN OCCURRED"),
    ]);
}

#[test]
fn a_headline_and_its_lead_tell_one_event_whatever_their_words() {
    for (title, text, told) in [
        (
            "Namibia lends Angola field hospital",
            "Namibia sent a field hospital and forty nurses to Angola on Tuesday.",
            "AGO-NAM AID occurred",
        ),
        (
            "Hungary threatens to cut power exports to Slovakia",
            "Hungary threatened on Monday to cut electricity exports to Slovakia if Bratislava raises its fees.",
            "HUN-SVK THREATEN conditional",
        ),
    ] {
        let payload = serde_json::json!({"id": "one", "title": title, "text": text, "published_at": "2025-11-04"});
        let shown = |event: &Event| format!("{} {} {}", event.dyad, event.event.act, event.status);
        let found: Vec<String> = coded(&payload.to_string()).iter().map(shown).collect();
        assert_eq!(found, [told], "{title}");
    }
}

#[test]
fn help_and_refusals_told_in_the_present_go_on_and_what_has_not_been_done_is_no_refusal() {
    each_tells(&[
        ("Serbia does not recognise the independence of Kosovo.", "SRB REJECT XKX ONGOING"),
        ("Malta does not recognise the Tunisian zone.", "MLT REJECT TUN ONGOING"),
        ("Iran has not recognised Kosovo.", "IRN SUPPORT XKX NEGATED"),
        ("Neither Angola nor Congo has recognised the new government of Zambia.", "COD SUPPORT ZMB NEGATED"),
        ("France provides fuel to Niger.", "FRA AID NER ONGOING"),
    ]);
}

#[test]
fn what_two_hope_to_do_is_ahead_and_an_offer_may_wait_for_something() {
    each_tells(&[
        ("Talks between Kenya and Uganda open in Doha on Monday.", "KEN AGREE UGA ANTICIPATED"),
        ("A visit by the Kenyan president to Uganda is pencilled in for May.", "KEN AGREE UGA ANTICIPATED"),
        ("Kenya is weighing a ban on Ugandan milk.", "KEN THREATEN UGA ANTICIPATED"),
        ("Bhutan and China hope to exchange ambassadors.", "BTN AGREE CHN ANTICIPATED"),
        ("Qatar is ready to help Somalia if parliament consents.", "QAT AGREE SOM CONDITIONAL"),
    ]);
}

#[test]
fn a_request_that_is_granted_was_made_and_who_is_sent_to_help_helps() {
    each_tells(&[
        ("Israel agreed to a request from Egypt.", "EGY REQUEST ISR OCCURRED"),
        ("Trinidad and Tobago rejected a US request to allow patrols.", "USA REQUEST TTO OCCURRED"),
        ("Cuba has sent two specialists to Haiti to assist Haitian doctors.", "CUB AID HTI OCCURRED"),
    ]);
}

#[test]
fn what_several_have_with_a_thing_or_do_to_a_third_they_do_not_do_to_each_other() {
    none_tells(&[
        ("Norway and Ukraine align themselves with the declaration of the European Union.", "NOR COOPERATE"),
        ("Bahrain and Egypt closed their airspace to Qatar.", "BHR SANCTION EGY"),
        ("Syria and Lebanon are connected to the same grid.", "LBN COOPERATE SYR"),
    ]);
}

#[test]
fn numbers_languages_and_pleas_for_asylum_are_no_acts() {
    none_tells(&[
        ("Quito put the damage in Peru at three million dollars.", "SANCTION"),
        ("Moscow has put the delay down to the war in Ukraine.", "SANCTION"),
        ("Two Cubans asked for asylum in Panama.", "REQUEST"),
    ]);
}
