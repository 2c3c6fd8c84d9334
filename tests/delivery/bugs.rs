//! The tests can fail: five classic bugs, each switched on in the service (`src/stream/sabotage.rs`) while one of the tests runs, which must
//! then say what is wrong. A sixth is in the accounts, and an alert notices it: `alerts.rs`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use entente::stream::sabotage::Bug;

use crate::checks::wait_at_most;
use crate::faults::{joining_and_leaving, zombie_that_codes};
use crate::outage::{at_least_once, exactly_once};

/// Runs a test over a service with a bug; it must fail, and for this reason.
fn noticed(bug: Bug, reason: &str, test: impl FnOnce(&str, Option<Bug>)) {
    wait_at_most(Duration::from_secs(30));
    let (_, name) = Bug::ALL.into_iter().find(|(known, _)| *known == bug).expect("every bug has a name");
    let outcome = catch_unwind(AssertUnwindSafe(|| test(name, Some(bug))));
    let Err(panic) = outcome else { panic!("{bug:?} went unnoticed") };
    let said = panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "no reason".to_owned());
    assert!(said.contains(reason), "{bug:?}: the test failed for another reason: {said}");
    println!("{name}: {}", said.lines().next().unwrap_or_default().chars().take(150).collect::<String>());
}

#[test]
fn offsets_committed_before_the_events_are_noticed() {
    noticed(Bug::OffsetsFirst, "articles were passed over", at_least_once);
}

#[test]
fn stale_group_metadata_are_noticed() {
    noticed(Bug::StaleGroup, "articles are still waiting", joining_and_leaving);
}

#[test]
fn reading_that_does_not_go_back_after_an_abort_is_noticed() {
    noticed(Bug::NoRewind, "articles are still waiting", exactly_once);
}

#[test]
fn a_commit_of_lost_partitions_is_noticed() {
    noticed(Bug::CommitOfLost, "events came out and", zombie_that_codes);
}

#[test]
fn a_swallowed_delivery_error_is_noticed() {
    noticed(Bug::SwallowedDelivery, "the service does not say `aborted a batch`", at_least_once);
}
