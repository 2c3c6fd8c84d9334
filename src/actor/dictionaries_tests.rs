use std::fs;
use std::path::{Path, PathBuf};

use super::reading_tests::read_with;
use super::{Dictionaries, Gazetteer, Merged};

/// Writes `text` to a file of that name and keeps the folder.
fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::write(&path, text).expect("the folder is writable");
    (folder, path)
}

fn merged(files: &Dictionaries) -> (Gazetteer, Vec<Merged>) {
    Gazetteer::embedded().unwrap().with_dictionaries(files).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn a_users_own_table_is_merged_and_wins() {
    let table = "Freedonia|Republic of Freedonia\tFDN\tstate\t\nFreedonian\tFDN\tadjective\t\nKremlin\tFDN\tseat\tGOV\n\
        Rufus Firefly|Firefly\tFDN\tperson\tGOV\tpresident\t2020\t\nSylvania Steel\t-\texclusion\n";
    let (_folder, path) = file("own.tsv", table);
    let (gazetteer, brought) = merged(&Dictionaries { actors: vec![path], ..Dictionaries::default() });
    assert_eq!((brought[0].added, brought[0].known), (5, 0));
    assert!(gazetteer.is_state(super::ActorCode::new("FDN").unwrap()));
    let found = read_with(&gazetteer, "The Kremlin rejected the claim. Freedonian President Rufus Firefly thanked France.");
    assert_eq!(found, ["Kremlin=FDN", "Freedonian President Rufus Firefly=FDN", "France=FRA"]);
}

#[test]
fn every_wrong_line_of_a_users_table_is_told_with_its_place() {
    let (_folder, path) = file("own.tsv", "Freedonia\tfdn\tstate\t\nSylvania\tSYL\trealm\t\n");
    let files = Dictionaries { actors: vec![path.clone(), "/nowhere/at/all.tsv".into()], ..Dictionaries::default() };
    let errors = Gazetteer::embedded().unwrap().with_dictionaries(&files).expect_err("wrong").to_string();
    for told in
        [format!("{}:1: `fdn` is not an actor code", path.display()), format!("{}:2: `realm` is not a kind", path.display())]
    {
        assert!(errors.contains(&told), "{errors}");
    }
    assert!(errors.starts_with("3 errors") && errors.contains("/nowhere/at/all.tsv"), "{errors}");
}

const ACTORS: &str = "\
FREEDONIA_ [FRA]
+FREEDONESE_
WAKASHI_MOTU_
+PRESIDENT_MOTU
\t[KENGOV 200101-221231] [KENOPP]
SYLVANIAN_PEOPLES_FRONT_ [KENREB]
MOSCOW_ [RUS]
NATO_ [IGOWSTNAT]
KURILIA_ [XXQ]
";

const AGENTS: &str = "!PERSON! = MAN, MEN\nLIGHTHOUSE_KEEPER [~GOV]\nFERRY!PERSON! [~BUS]\nSOLDIER [~MIL]\nALCHEMIST [~QQQ]\n";

#[test]
fn petrarch_dictionaries_add_names_and_agents() {
    let (_one, actors) = file("actors.txt", ACTORS);
    let (_two, agents) = file("agents.txt", AGENTS);
    let files = Dictionaries { petrarch_actors: vec![actors], petrarch_agents: vec![agents], ..Dictionaries::default() };
    let (gazetteer, brought) = merged(&files);
    // Moscow and NATO are known, KURILIA_ has a code that is nobody's.
    assert_eq!((brought[0].added, brought[0].known, brought[0].skipped.len()), (3, 2, 1));
    assert_eq!((brought[0].skipped[0].line, brought[0].skipped[0].why.contains("XXQ")), (9, true));
    assert_eq!((brought[1].added, brought[1].known, brought[1].skipped.len()), (2, 1, 1));
    let read = |text: &str| read_with(&gazetteer, text);
    assert_eq!(read("Freedonese troops met Wakashi Motu."), ["Freedonese troops=FRA", "Wakashi Motu=KEN"]);
    assert_eq!(read("The Sylvanian Peoples Front attacked Somalia."), ["Sylvanian Peoples Front=KEN", "Somalia=SOM"]);
    assert_eq!(
        read("Norwegian lighthouse keepers thanked Danish ferrymen."),
        ["Norwegian lighthouse keepers=NOR", "Danish ferrymen=DNK"]
    );
}

#[test]
fn a_code_holds_in_its_days() {
    let (_folder, path) = file("actors.txt", "WAKASHI_MOTU_ [UGAGOV 200101-211231] [KENGOV >240101] [TZAELI]\n");
    let (gazetteer, _) = merged(&Dictionaries { petrarch_actors: vec![path], ..Dictionaries::default() });
    // The article of the test is of May 2024.
    assert_eq!(read_with(&gazetteer, "Wakashi Motu thanked France."), ["Wakashi Motu=KEN", "France=FRA"]);
}

/// The dictionaries that are in use, where they are at hand.
#[test]
fn the_dictionaries_of_petrarch2_load() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/petrarch");
    if !folder.is_dir() {
        eprintln!("{} is not there: the real dictionaries were not tried", folder.display());
        return;
    }
    let actors = ["Countries", "International", "MilNonState"].map(|name| folder.join(format!("Phoenix.{name}.actors.txt")));
    let files = Dictionaries {
        petrarch_actors: actors.to_vec(),
        petrarch_agents: vec![folder.join("Phoenix.agents.txt")],
        ..Dictionaries::default()
    };
    let (gazetteer, brought) = merged(&files);
    for merged in &brought {
        let all = merged.added + merged.known + merged.skipped.len();
        println!("{}: {} added, {} known, {} left out", merged.file.display(), merged.added, merged.known, merged.skipped.len());
        // Firms and societies of no state are many.
        assert!(merged.skipped.len() * 2 < all, "{} of {all} left out of {}", merged.skipped.len(), merged.file.display());
    }
    let found =
        read_with(&gazetteer, "Russia accused Kofi Annan. Moscow thanked the French foreign minister, and Paris the Kremlin.");
    for wanted in ["Russia=RUS", "Kofi Annan=UN", "Moscow=RUS", "French foreign minister=FRA", "Paris=FRA", "Kremlin=RUS"] {
        assert!(found.iter().any(|mention| mention == wanted), "{wanted} in {found:?}");
    }
}
