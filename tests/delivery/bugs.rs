//! The tests can fail: five classic bugs, each switched on in the service (`src/stream/sabotage.rs`) while one of the tests runs.

use std::process::Command;

use entente::stream::sabotage::Bug;

use crate::checks::broker;

/// A test that notices the bug.
fn noticed_by(bug: Bug) -> &'static str {
    match bug {
        Bug::OffsetsFirst | Bug::SwallowedDelivery => "outage::at_least_once_passes_over_nothing_that_its_topic_refuses",
        Bug::NoRewind => "outage::exactly_once_passes_over_nothing_that_its_topic_refuses",
        Bug::CommitOfLost => "faults::what_a_zombie_still_has_in_its_coder_is_not_committed",
        Bug::StaleGroup => "faults::workers_that_join_and_leave_hand_over_cleanly",
    }
}

#[test]
fn each_of_five_classic_bugs_is_noticed() {
    // The tests below have a broker of their own; the other tests wait.
    let _turn = broker();
    for (bug, name) in Bug::ALL {
        let test = noticed_by(bug);
        let mut command = Command::new(std::env::current_exe().expect("a test knows its program"));
        command.args([test, "--exact"]).env("ENTENTE_TEST_BUG", name).env("ENTENTE_TEST_PATIENCE", "30");
        let output = command.output().expect("the tests can be run");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("test result: FAILED. 0 passed; 1 failed"), "{bug:?} went unnoticed by {test}:\n{said}");
        assert!(!said.contains("a broker does not answer"), "{bug:?}: the test failed for another reason:\n{said}");
        let why = said.lines().skip_while(|line| !line.contains("panicked at")).nth(1).unwrap_or_default();
        println!("{name}: noticed by {test}: {}", why.chars().take(150).collect::<String>());
    }
}
