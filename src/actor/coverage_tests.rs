//! Every state is known by every form of `states.tsv`: as name, as adjective of an office, as people, and as capital that acts.

use std::collections::BTreeSet;

use super::reading_tests::read;

const STATES: &str = include_str!("../../config/lexicon/actors/states.tsv");

/// ISO 3166-1 alpha-3 of the members and observers of the United Nations, then Taiwan and Kosovo.
const ISO: &str = "AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BOL BRA BRB BRN BTN BWA CAF \
    CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESP EST ETH FIN FJI FRA FSM GAB GBR \
    GEO GHA GIN GMB GNB GNQ GRC GRD GTM GUY HND HRV HTI HUN IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT \
    LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MOZ MRT MUS MWI MYS NAM NER NGA NIC \
    NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG POL PRK PRT PRY PSE QAT ROU RUS RWA SAU SDN SEN SGP SLB SLE SLV SMR SOM SRB SSD STP \
    SUR SVK SVN SWE SWZ SYC SYR TCD TGO THA TJK TKM TLS TON TTO TUN TUR TUV TZA UGA UKR URY USA UZB VAT VCT VEN VNM VUT WSM YEM ZAF ZMB \
    ZWE TWN XKX";

/// Code, and the alternatives of a column.
fn column(index: usize) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = STATES.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(move |line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let names = fields.get(index).copied().unwrap_or("").split('|').map(str::trim).filter(|name| !name.is_empty());
        names.map(|name| (fields[0], name)).collect::<Vec<_>>()
    })
}

/// The forms that are not read as their state in that sentence.
fn unread(index: usize, sentence: impl Fn(&str) -> String) -> Vec<String> {
    let wrong = |(code, name): &(&str, &str)| {
        let found = read(&sentence(name));
        !found.first().is_some_and(|mention| mention.ends_with(&format!("={code}")) && mention.contains(name))
    };
    column(index).filter(wrong).map(|(code, name)| format!("{code} {name}")).collect()
}

#[test]
fn every_state_of_iso_3166_is_there() {
    let there: BTreeSet<&str> = STATES.lines().filter_map(|line| line.split('\t').next()).collect();
    let missing: Vec<&str> = ISO.split_whitespace().filter(|code| !there.contains(code)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    assert_eq!(ISO.split_whitespace().count(), 197);
}

#[test]
fn every_name_of_a_state_is_read() {
    assert_eq!(unread(1, |name| format!("On Monday {name} rejected the accusation.")), Vec::<String>::new());
}

#[test]
fn every_adjective_of_a_state_gives_an_office_its_state() {
    assert_eq!(unread(2, |name| format!("The {name} foreign minister rejected the accusation.")), Vec::<String>::new());
}

#[test]
fn every_people_is_read() {
    assert_eq!(unread(3, |name| format!("Two {name} were expelled on Monday.")), Vec::<String>::new());
}

#[test]
fn every_capital_stands_for_its_state() {
    assert_eq!(unread(4, |name| format!("On Monday {name} rejected the accusation.")), Vec::<String>::new());
}
