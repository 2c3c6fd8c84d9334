//! Who does it and to whom, where a sentence has several, or leaves one to the reader.

use std::sync::LazyLock;

use entente::pipeline::Pipeline;
use entente::record::Record;

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| Pipeline::embedded().expect("the coder loads"));

/// The events of a text as `SOURCE ACT TARGET`, or `A ACT= B` where both do it.
fn told(text: &str) -> Vec<String> {
    let record =
        Record::from_payload(serde_json::json!({"text": text, "language": "en", "published_at": "2025-05-08"}).to_string());
    let events = PIPELINE.process(&record).expect("a sound article");
    let line = |event: &entente::event::Event| {
        let mark = if event.reciprocal { "=" } else { "" };
        format!("{} {}{mark} {}", event.source.country, event.event.act, event.target.country)
    };
    events.iter().map(line).collect()
}

fn assert_tells(text: &str, wanted: &[&str]) {
    let found = told(text);
    for wanted in wanted {
        assert!(found.iter().any(|event| event == wanted), "{wanted} in {found:?}");
    }
}

#[test]
fn every_member_of_a_list_is_a_party() {
    let text = "Chad, Mali and Burkina Faso announced that they would stay, accusing Ghana of having betrayed its founders.";
    assert_tells(text, &["TCD ACCUSE GHA", "MLI ACCUSE GHA", "BFA ACCUSE GHA"]);
    let text = "Canada commends Kenya, as well as Benin, The Bahamas and Jamaica.";
    assert_tells(text, &["CAN SUPPORT KEN", "CAN SUPPORT BEN", "CAN SUPPORT BHS", "CAN SUPPORT JAM"]);
}

#[test]
fn who_stands_outside_an_accord_speaks_of_both_that_made_it() {
    let before = "Rwanda and Congo signed a peace accord in Washington on Friday.";
    assert_tells(&format!("{before} Uganda welcomed the accord."), &["UGA SUPPORT RWA", "UGA SUPPORT COD"]);
    // One of the two that welcomes it speaks of the other alone.
    let own = told(&format!("{before} Rwanda welcomed the accord."));
    assert!(own.iter().all(|event| event != "RWA SUPPORT RWA" && !event.starts_with("RWA SUPPORT U")), "{own:?}");
}

#[test]
fn who_offers_to_mediate_offers_it_to_both() {
    let text = "Ethiopia accused Eritrea of massing troops on their border. Eritrea accused Ethiopia of lying. Turkey offered to mediate.";
    assert_tells(text, &["TUR AGREE ETH", "TUR AGREE ERI"]);
}

#[test]
fn who_travels_along_arrives_as_well() {
    let text = "Malaysia's foreign minister will go to Yangon on Saturday with his Thai counterpart.";
    assert_tells(text, &["MYS CONSULT MMR", "THA CONSULT MMR"]);
}

#[test]
fn a_thing_asked_of_a_second_in_the_same_breath_is_asked_of_it() {
    assert_tells("Venezuela asked Russia for radar repairs and China for missiles.", &["VEN REQUEST RUS", "VEN REQUEST CHN"]);
}

#[test]
fn a_day_is_nothing_that_a_second_visitor_does() {
    let found = told("The president of Paraguay is due to visit Guatemala and Belize this week.");
    assert_eq!(found, ["PRY CONSULT GTM", "PRY CONSULT BLZ"]);
}

#[test]
fn a_ship_is_of_the_state_whose_flag_or_owner_it_has() {
    assert_tells("Iran seized a Greek-owned tanker.", &["IRN COERCE GRC"]);
    let backed = told("Yemen shelled a Saudi-backed militia.");
    assert!(backed.iter().all(|event| !event.contains("SAU")), "{backed:?}");
}

#[test]
fn a_past_tense_that_looks_like_a_participle_is_no_passive() {
    assert_tells("Also on Thursday Lammy left for Tel Aviv.", &["GBR CONSULT ISR"]);
}

#[test]
fn what_another_verb_governs_is_not_the_nouns() {
    let found = told("Xi attended the G20 Leaders' Summit and held separate meetings with Britain and France.");
    assert!(found.iter().all(|event| !event.contains("G20")), "{found:?}");
}

#[test]
fn those_who_are_something_to_a_state_are_where_they_are() {
    let text = "Britain is grateful to its partners in Sweden and Norway for their cooperation.";
    assert_tells(text, &["GBR SUPPORT SWE", "GBR SUPPORT NOR"]);
}

#[test]
fn what_several_agree_to_give_they_do_not_give_each_other() {
    let given = told("France, Portugal and Germany have agreed to receive about half of the group.");
    assert!(given.iter().all(|event| !event.contains("AGREE=")), "{given:?}");
    assert_tells("Iran and Oman have agreed to build a bridge.", &["IRN AGREE= OMN"]);
}

#[test]
fn those_among_whom_it_is_done_to_are_whom_it_is_done_to() {
    let text = "Russia released sixteen prisoners on Thursday, among them two Americans and five Germans.";
    assert_tells(text, &["RUS RETREAT USA", "RUS RETREAT DEU"]);
    let text = "Belarus freed 52 prisoners, among them three Polish citizens, after a request of Japan.";
    assert!(told(text).iter().all(|event| event != "BLR RETREAT JPN"), "{:?}", told(text));
}

#[test]
fn a_third_that_takes_up_a_deed_speaks_of_its_doer() {
    assert_tells("Fico met Vladimir Putin in December, a visit that Kyiv criticised.", &["UKR ACCUSE SVK"]);
    assert_tells("Azerbaijan freed two Armenian soldiers, a gesture welcomed by Georgia.", &["GEO SUPPORT AZE"]);
    let text = "Niamey has accused Cotonou of letting France train militants on its soil, which Benin denies.";
    assert_tells(text, &["NER ACCUSE BEN", "BEN REJECT NER"]);
    assert_tells("Lithuania let Taiwan open an office in Vilnius, angering China.", &["CHN ACCUSE LTU"]);
    let caused = told("Japan released treated water into the sea, prompting China to ban imports of its fish.");
    assert_eq!(caused, ["CHN SANCTION JPN"]);
}

#[test]
fn who_was_asked_is_who_goes_by_it() {
    let text = "Poland, which also borders Belarus, postponed the reopening of two crossings at Lithuania's request.";
    assert_tells(text, &["LTU REQUEST POL"]);
    assert_tells("Poland, acting on a request from Ukraine, arrested a Russian officer.", &["UKR REQUEST POL"]);
    assert_tells("Brunei turned down Oman's request for talks on the Norwegian model.", &["OMN REQUEST BRN"]);
}

#[test]
fn what_stands_beside_an_act_happens_whatever_becomes_of_it() {
    let text = "On a visit to Ankara, the Iraqi prime minister asked Turkey to release more water.";
    assert_tells(text, &["IRQ CONSULT TUR", "IRQ REQUEST TUR"]);
    let text = "Iran's foreign minister called his Afghan counterpart on Tuesday to offer help.";
    assert_tells(text, &["IRN CONSULT AFG", "IRN AGREE AFG"]);
    let asked = told("Iraq asked for a visit to Ankara.");
    assert!(asked.iter().all(|event| event != "IRQ CONSULT TUR"), "{asked:?}");
}

#[test]
fn a_subject_without_a_comma_is_a_subject_all_the_same() {
    let text = "The Czech Republic expelled two Russian diplomats and Moscow vowed to retaliate.";
    assert_tells(text, &["CZE SANCTION RUS", "RUS THREATEN CZE"]);
    assert_tells("Angola, together with Congo, urged Zambia to reopen its border.", &["AGO REQUEST ZMB", "COD REQUEST ZMB"]);
}

#[test]
fn what_is_told_by_a_participle_behind_its_noun_has_the_parties_of_both() {
    let text = "Peru noted the expressions of sympathy received from Brazil and Bolivia.";
    assert_tells(text, &["BRA SUPPORT PER", "BOL SUPPORT PER"]);
    assert_tells("Samoa thanked Japan for the two ambulances handed over in August.", &["JPN AID WSM"]);
    let text = "The Netherlands and Italy were thanked by Poland for their help.";
    let found = told(text);
    assert!(["NLD AID POL", "ITA AID POL"].iter().all(|wanted| found.iter().any(|event| event == wanted)), "{found:?}");
    assert!(found.iter().all(|event| event != "NLD AID ITA" && event != "ITA AID NLD"), "{found:?}");
}

#[test]
fn who_is_called_home_was_sent_by_whoever_calls() {
    assert_tells("Angola's ambassador to Zambia was recalled for consultations.", &["AGO SANCTION ZMB"]);
}

#[test]
fn what_two_build_in_the_land_of_a_third_is_no_dealing_of_theirs() {
    let found = told("Cuba and Venezuela have both built irrigation works in Haiti.");
    assert_eq!(found, ["CUB AID HTI", "VEN AID HTI"]);
}

#[test]
fn what_a_noun_leaves_out_is_who_acts_in_its_clause() {
    assert_tells("Paraguay brought its citizens home with the help of Brazil.", &["BRA AID PRY"]);
    assert_tells("A Chinese ship called at Male in February. Maldives let it in over Indian objections.", &["IND REJECT MDV"]);
    assert_tells("Norway stayed away from the ceremony in solidarity with Denmark.", &["NOR SUPPORT DNK"]);
    assert_tells("Bahrain has protested over the capture of eleven fishermen by Qatari patrol boats.", &["QAT COERCE BHR"]);
}

#[test]
fn what_is_turned_down_was_made_by_whoever_offered_it() {
    let text = "Malta offered on Monday to take in 40 migrants from a Spanish ship, but Italy turned the offer down.";
    assert_tells(text, &["ITA REJECT MLT"]);
    assert_tells("Tajikistan rejected a Kyrgyz proposal to bring in observers from the CSTO.", &["TJK REJECT KGZ"]);
    assert_tells("Chile donated 20,000 doses to Paraguay and as many to Ecuador.", &["CHL AID PRY", "CHL AID ECU"]);
}

#[test]
fn counterparts_authorities_and_brussels_are_told_by_what_stands_beside_them() {
    let text = "Canada's foreign minister discussed the case with her counterparts in Britain, Australia and the United States.";
    assert_tells(text, &["CAN CONSULT= GBR", "AUS CONSULT= CAN", "CAN CONSULT= USA"]);
    let text = "Soldiers took power in Guinea-Bissau on Monday. Portugal called on the authorities to release the president of Guinea-Bissau.";
    let found = told(text);
    assert!(found.iter().all(|event| !event.starts_with("PRT REQUEST PRT")), "{found:?}");
    let text = "Burundi gave the Belgian ambassador, Belgium's most senior envoy, 72 hours to leave, accusing Brussels of lying.";
    assert_tells(text, &["BDI ACCUSE BEL"]);
    assert_tells("Brussels accused Hungary of breaking the law.", &["EU ACCUSE HUN"]);
    assert_tells("North and South Korean officials spoke on Monday.", &["KOR CONSULT= PRK"]);
}

#[test]
fn two_that_a_verb_parts_are_no_pair() {
    let found = told("Ethiopia invited Egypt and Sudan to the opening of the dam, but both declined.");
    assert!(["EGY REJECT ETH", "SDN REJECT ETH"].iter().all(|wanted| found.iter().any(|event| event == wanted)), "{found:?}");
}

#[test]
fn who_lifts_what_was_imposed_had_imposed_it() {
    let text = "China lifted a ban imposed in 2023 on Japanese seafood.";
    assert_tells(text, &["CHN RETREAT JPN", "CHN SANCTION JPN"]);
}
