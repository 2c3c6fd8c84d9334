use std::sync::LazyLock;

use super::{Gazetteer, Mentions};
use crate::article::{self, Decoded, Limits};
use crate::record::Record;
use crate::syntax::{Analyzer, Document, Scratch};

static ANALYZER: LazyLock<Analyzer> = LazyLock::new(|| Analyzer::embedded().unwrap());
static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| Gazetteer::embedded().unwrap());

/// The mentions of a text as `words=CODE` in text order, codes of one mention joined by `+`.
pub(super) fn read(text: &str) -> Vec<String> {
    read_with(&GAZETTEER, text)
}

pub(super) fn read_with(gazetteer: &Gazetteer, text: &str) -> Vec<String> {
    let record =
        Record::from_payload(serde_json::json!({"text": text, "language": "en", "published_at": "2024-05-08"}).to_string());
    let Ok(Decoded::Article(article)) = article::decode(&record, &Limits::default()) else { panic!("an article") };
    let mut document = Document::default();
    ANALYZER.analyze(&article.text, None, &mut Scratch::default(), &mut document);
    let mut mentions = Mentions::default();
    gazetteer.mentions(&article, &document, &mut mentions);
    let codes = |mention: &super::Mention| mention.actors.iter().map(|code| code.to_string()).collect::<Vec<_>>().join("+");
    mentions.all.iter().map(|mention| format!("{}={}", mention.span.of(&article.text), codes(mention))).collect()
}

fn assert_reads(text: &str, expected: &[&str]) {
    let found = read(text);
    for wanted in expected {
        assert!(found.iter().any(|mention| mention == wanted), "{wanted} in {found:?}");
    }
}

#[test]
fn the_subject_of_a_clause_is_not_the_one_it_acts_on() {
    assert_reads("Lavrov met Fidan in Ankara. Fidan invited him to Antalya.", &["him=RUS"]);
    assert_reads("Iran and Oman signed a pact. Saudi Arabia invited them to Riyadh.", &["them=IRN+OMN"]);
}

#[test]
fn what_cannot_belong_to_the_subject_belongs_to_the_state_just_named() {
    assert_reads(
        "Iran met Oman. The ministers of France and Spain voiced concern at the situation in Chad and urged its authorities to hold elections.",
        &["its authorities=TCD"],
    );
}

#[test]
fn an_impersonal_it_is_nobody() {
    for text in
        ["France praised Ghana. It may be mentioned here that Togo was absent.", "Peru spoke. It is clear that Chile won."]
    {
        assert!(!read(text).iter().any(|mention| mention.starts_with("It=")), "{:?}", read(text));
    }
}

#[test]
fn two_countries_do_not_include_the_one_that_speaks_to_both() {
    assert_reads(
        "Haiti accused the Dominican Republic of a blockade. The United States urged both countries to talk.",
        &["both countries=DOM+HTI"],
    );
}

#[test]
fn a_role_without_a_state_is_that_of_the_dateline() {
    let text = "LUSAKA, May 7 - Zambia will import electricity from Mozambique, Energy Minister Peter Kapala told reporters. \
        Kapala said so.";
    assert_reads(text, &["Energy Minister Peter Kapala=ZMB", "Kapala=ZMB"]);
}

#[test]
fn a_person_introduced_in_full_may_be_called_by_the_first_name() {
    assert_reads(
        "Prime Minister Shehbaz Sharif flew to Baku. Shehbaz thanked Azerbaijan.",
        &["Prime Minister Shehbaz Sharif=PAK", "Shehbaz=PAK"],
    );
}

#[test]
fn a_neighbour_is_sought_by_the_wind() {
    assert_reads(
        "Uzbekistan signed a treaty with Kyrgyzstan. Uzbekistan cut supplies to its eastern neighbour.",
        &["eastern neighbour=KGZ"],
    );
}

#[test]
fn a_neighbour_may_lie_across_the_sea() {
    assert_reads("Bahrain congratulated its neighbour. Saudi Arabia thanked Bahrain.", &["Bahrain=BHR"]);
    assert_reads("Saudi Arabia condemned Canada. Bahrain sided with its neighbour.", &["neighbour=SAU"]);
    assert_reads("China sent planes. Japan protested. Taiwan thanked its northern neighbour.", &["northern neighbour=JPN"]);
}

#[test]
fn an_agency_is_none_of_states_nor_the_united_nations() {
    assert_reads("The IAEA met Iran at the United Nations. Iran suspended its work with the agency.", &["the agency=IAEA"]);
}

#[test]
fn they_are_all_of_a_list() {
    assert_reads(
        "The announcement by Ireland, Norway and Spain surprised Israel. They will open embassies.",
        &["They=NOR+IRL+ESP"],
    );
}

#[test]
fn what_is_asked_is_somebody_and_what_is_denied_is_not() {
    assert_reads("India lodged a complaint, and Bhutan asked it to wait.", &["it=IND"]);
    assert!(!read("Iran armed the rebels, said Oman. Chad denied it.").iter().any(|mention| mention.starts_with("it=")));
}

#[test]
fn letters_in_brackets_name_a_body_from_there_on() {
    assert_reads(
        "South Korea's Joint Chiefs of Staff (JCS) saw it first. North Korea fired again, and the JCS told Japan.",
        &["JCS=KOR"],
    );
}

#[test]
fn a_name_for_some_states_together_is_each_of_them() {
    assert_reads("Iran met the E3 in Geneva.", &["E3=DEU+FRA+GBR"]);
}

#[test]
fn three_are_those_last_named_in_one_breath() {
    assert_reads(
        "North Korea fired at the United States. South Korea, Japan and Canada met. Russia watched. The three agreed to hold drills.",
        &["The three=CAN+JPN+KOR"],
    );
}

#[test]
fn two_neighbours_border_on_each_other() {
    assert_reads("China bought gas. Ghana sued Togo over it. The two neighbours then met.", &["The two neighbours=GHA+TGO"]);
}

#[test]
fn a_namesake_with_a_name_of_his_own_is_not_the_one_known() {
    assert!(!read("In Seoul, Unification Minister Kim Yung-ho spoke.").iter().any(|mention| mention.ends_with("=PRK")));
    assert_reads("Colonel Assimi Goita's junta hired Russians.", &["Assimi Goita's junta=MLI"]);
    assert_reads("Libya and the Central African Republic met Chad.", &["the Central African Republic=CAF"]);
}

#[test]
fn hosts_are_the_other_side() {
    assert_reads(
        "Moldova opened a bridge. Romanian Defence Minister Ionut Mosteanu pledged ambulances for his hosts.",
        &["his hosts=MDA"],
    );
}

#[test]
fn a_relative_owns_the_role_that_follows_it() {
    assert_reads("Finland, whose police are investigating the case, sent a ship.", &["whose police=FIN"]);
}

#[test]
fn the_state_given_something_does_not_own_it() {
    assert_reads("Paris is handing Kyiv long-range missiles.", &["Paris=FRA", "Kyiv=UKR"]);
    assert_reads("46 Ivorian soldiers from Mali came home.", &["46 Ivorian soldiers=CIV", "Mali=MLI"]);
}

#[test]
fn a_city_before_an_embassy_says_where_it_is() {
    assert!(!read("Azerbaijan evacuated its Tehran embassy.").iter().any(|mention| mention == "Tehran embassy=IRN"));
}

#[test]
fn a_sum_of_money_is_nobody() {
    assert_eq!(
        read("Samoa received US$9 million from Japan and NZ$2 million from Tonga."),
        ["Samoa=WSM", "Japan=JPN", "Tonga=TON"]
    );
}

#[test]
fn teams_history_fiction_and_markets_are_nobody() {
    for text in [
        "Fiji host Samoa in the Pacific Nations Cup on Saturday.",
        "England bowled India out for 210.",
        "Brazil beat Argentina 2-1 on Sunday.",
        "In 1812 France invaded Russia.",
        "Germany invaded Poland in September 1939.",
        "In the series, Russian agents attack Norway.",
        "A Romanian driver was killed when his lorry hit a Hungarian bus.",
        "Frankfurt was lifted by gains in Paris and London.",
    ] {
        assert_eq!(read(text), Vec::<String>::new(), "{text}");
    }
    assert_reads("Haiti says the canal violates a 1929 treaty with Cuba.", &["Haiti=HTI", "Cuba=CUB"]);
    assert_reads("France said the vote was lost 52-48 by Spain.", &["France=FRA", "Spain=ESP"]);
}

#[test]
fn a_possessor_is_no_actor_through_a_person_without_office() {
    assert!(!read("Malaysia's Michelle Yeoh thanked America.").iter().any(|mention| mention.ends_with("=MYS")));
    assert_reads("Turkey's Recep Tayyip Erdogan thanked America.", &["America=USA"]);
    assert!(read("Turkey's Recep Tayyip Erdogan thanked America.").iter().any(|mention| mention.ends_with("=TUR")));
}

#[test]
fn a_body_of_somebody_unknown_is_not_that_of_the_state_at_hand() {
    assert_eq!(read("Spain rejected the plan. The Catalonian parliament met."), ["Spain=ESP"]);
    assert_reads("The European parliament praised Spain.", &["European parliament=EU", "Spain=ESP"]);
    assert!(!read("The anti-Isis coalition met in Paris.").iter().any(|mention| mention.ends_with("=ISIS")));
}

#[test]
fn namesakes_are_nobody() {
    for text in [
        "Paris Hilton opened a shop.",
        "Jordan Henderson signed for Ajax.",
        "Chad Smith plays the drums.",
        "Cuba Gooding won an Oscar.",
        "She drank a Turkish coffee and ate a Russian salad.",
        "China Airlines and Korean Air raised their fares.",
        "The Panama Papers named him.",
        "He lives in Lebanon, Pennsylvania.",
        "Michael Jordan bought a house.",
        "Atlanta, Georgia is warm.",
        "Kazuo Ueda raised the rate.",
        "Macedonia Baptist Church and Jordan Chapel agreed to merge their choirs.",
        "Guided tours are given in English, Spanish and Chinese.",
    ] {
        assert_eq!(
            read(text).iter().filter(|mention| !mention.contains("He=")).collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{text}"
        );
    }
}

#[test]
fn a_kingdom_and_two_nordic_leaders_are_some_states_only() {
    assert_reads("Algeria and Morocco quarrel. Algeria accused the kingdom of espionage.", &["the kingdom=MAR"]);
    assert_reads(
        "Turkey held talks with Sweden and Finland in Madrid. The two Nordic leaders offered guarantees.",
        &["The two Nordic leaders=FIN+SWE"],
    );
}

#[test]
fn the_country_is_not_the_one_that_acts_on_it() {
    assert_reads("Indonesia imports rice. Vietnam supplies the country with rice.", &["the country=IDN"]);
}

#[test]
fn we_are_who_is_quoted() {
    assert_reads("\"We will ask for forgiveness,\" German Foreign Minister Heiko Maas said in Windhoek.", &["We=DEU"]);
    assert_reads("Namibia summoned Maas. He thanked France for \"our common work\".", &["France=FRA"]);
    assert!(!read("We met in Paris and praised Spain.").iter().any(|mention| mention.starts_with("We=")));
}

#[test]
fn a_body_in_a_capital_is_of_its_state() {
    assert_reads("Venezuela sent rice. The junta in Bamako thanked nobody.", &["junta=MLI"]);
}

#[test]
fn a_name_known_says_more_than_a_pronoun() {
    assert_reads(
        "Iran shut out the agency, accusing its director, Rafael Grossi, of lies.",
        &["its director, Rafael Grossi=IAEA"],
    );
}

#[test]
fn who_has_two_nationalities_is_of_both() {
    assert_reads("Chad has charged a Belgian-Portuguese aid worker.", &["Belgian-Portuguese aid worker=BEL+PRT"]);
}

#[test]
fn a_body_that_one_state_has_is_of_it_whoever_is_at_hand() {
    assert_reads("Iran was struck. A State Department spokesman said so.", &["State Department spokesman=USA"]);
    let text = "Qatar had offered. Felix Tshisekedi and Paul Kagame were brought together by the emir on Tuesday.";
    assert_reads(text, &["emir=QAT"]);
    assert_reads("Turkey and Myanmar were shaken. Turkey mourns. The UN called on the junta to stop.", &["junta=MMR"]);
}

#[test]
fn whom_the_article_has_introduced_is_meant_by_the_name() {
    let text = "Austria's interior minister, Wolfgang Sobotka, came to Rome. Sobotka thanked nobody.";
    assert_reads(text, &["Sobotka=AUT"]);
}

#[test]
fn who_acts_nearer_is_meant_though_a_thing_stands_above() {
    let text =
        "Bratislava's tone was softer: Robert Fico complained to the Commission, but he also repeated an invitation to Kyiv.";
    assert_reads(text, &["he=SVK"]);
}

#[test]
fn the_two_are_those_who_speak_of_themselves_or_are_named_in_one_breath() {
    assert_reads(
        "Russia and Poland quarrel. Kyiv and Chisinau talked of a plant for both countries.",
        &["both countries=MDA+UKR"],
    );
    let text = "Angola would stop mediating between Congo and Rwanda, a week after the two presidents met in Doha.";
    assert_reads(text, &["the two presidents=COD+RWA"]);
    assert_reads("Italy and Austria quarrelled. Then the two interior ministers met.", &["the two interior ministers=AUT+ITA"]);
}

#[test]
fn a_mission_that_acts_is_not_of_the_state_it_sits_in() {
    assert_reads("Madagascar arrested a Chinese crew. The embassy in Antananarivo asked to see them.", &["embassy=CHN"]);
}

#[test]
fn an_envoy_at_an_organisation_speaks_for_who_sent_him() {
    assert_reads("Moscow's UN envoy condemned Ukraine.", &["Moscow's UN envoy=RUS"]);
    assert_reads("The UN envoy to Yemen met nobody.", &["UN envoy=UN"]);
}

#[test]
fn what_a_minister_says_the_kingdom_will_do_is_his_own() {
    assert_reads("Jordan's foreign minister, Ayman Safadi, said that the kingdom was ready.", &["the kingdom=JOR"]);
}

#[test]
fn an_envoy_is_sent_for_by_another_state_than_its_own() {
    assert_reads(
        "Sudan closed its border with Ethiopia. The Ethiopian envoy was called to the foreign ministry on Monday.",
        &["foreign ministry=SDN"],
    );
}

#[test]
fn a_visitor_is_not_at_home() {
    assert_reads(
        "TASHKENT, May 7 - Uzbekistan's president received Russia's prime minister on Tuesday. The visitor praised the city.",
        &["The visitor=RUS"],
    );
}

#[test]
fn one_name_between_two_states_and_what_is_theirs_is_not_them() {
    assert_reads(
        "Angola and Namibia want a dam on the Kunene, which forms part of their border, when their energy ministers meet.",
        &["their energy ministers=AGO+NAM"],
    );
}
