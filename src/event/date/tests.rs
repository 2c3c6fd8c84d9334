use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{Calendar, Dates, Direction, Phrase};
use crate::event::lex;
use crate::span::Span;

/// A Sunday.
const PUBLISHED: Date = date(2024, 11, 3);

fn phrases(text: &str) -> Vec<Phrase> {
    let calendar = Calendar::embedded().expect("the embedded table loads");
    let mut words = Vec::new();
    lex::words(text, Span::new(0, text.len()), &mut words);
    let mut out = Vec::new();
    calendar.read(&words, &mut out);
    out
}

/// The phrases of `text` as "words: start..end granularity".
fn read(text: &str, direction: Direction) -> Vec<String> {
    let show = |phrase: &Phrase| {
        let words = phrase.span.of(text);
        match phrase.form.resolve(Some(PUBLISHED), direction) {
            Some(days) => format!("{words}: {}..{} {:?}", days.start, days.end, days.granularity).to_lowercase(),
            None => format!("{words}: ?"),
        }
    };
    phrases(text).iter().map(show).collect()
}

fn past(text: &str) -> Vec<String> {
    read(text, Direction::Past)
}

fn future(text: &str) -> Vec<String> {
    read(text, Direction::Future)
}

#[test]
fn units_count_from_the_day_of_publication() {
    assert_eq!(
        future("It will arrive this month (in November) to trade."),
        ["this month (in november): 2024-11-01..2024-11-30 month"]
    );
    assert_eq!(past("They met last week."), ["last week: 2024-10-21..2024-10-27 week"]);
    assert_eq!(past("They met earlier this week."), ["earlier this week: 2024-10-28..2024-11-03 week"]);
    assert_eq!(future("They meet later this month."), ["later this month: 2024-11-03..2024-11-30 month"]);
    assert_eq!(future("They meet next year."), ["next year: 2025-01-01..2025-12-31 year"]);
    assert_eq!(past("They met in recent months."), ["recent months: 2024-08-03..2024-11-03 range"]);
    assert_eq!(past("They met two days ago."), ["two days ago: 2024-11-01..2024-11-01 day"]);
    assert_eq!(past("They met a year ago."), ["a year ago: 2023-11-01..2023-11-30 month"]);
    assert_eq!(past("They met five years ago."), ["five years ago: 2019-01-01..2019-12-31 year"]);
    assert_eq!(past("They met earlier in November."), ["earlier in november: 2024-11-01..2024-11-03 month"]);
    assert_eq!(past("They met a couple of weeks ago."), ["a couple of weeks ago: 2024-10-14..2024-10-20 week"]);
    assert_eq!(past("Over the past three weeks they met."), ["the past three weeks: 2024-10-13..2024-11-03 range"]);
    assert_eq!(future("In the coming two weeks they meet."), ["the coming two weeks: 2024-11-03..2024-11-17 range"]);
    assert_eq!(past("Yesterday they met."), ["yesterday: 2024-11-02..2024-11-02 day"]);
    assert_eq!(past("They met last night."), ["last night: 2024-11-02..2024-11-02 day"]);
    assert_eq!(past("They fought overnight."), ["overnight: 2024-11-02..2024-11-03 range"]);
    assert_eq!(past("They met this week."), ["this week: 2024-10-28..2024-11-03 week"]);
    assert_eq!(past("They met on the last day of June."), ["the last day of june: 2024-06-30..2024-06-30 day"]);
}

#[test]
fn a_date_may_count_from_the_one_told_before() {
    let told = |text: &str| {
        let mut found = phrases(text);
        super::anchor(&mut found, &phrases("They met on 5 May 2014."), Some(PUBLISHED));
        let days = |phrase: &Phrase| phrase.form.resolve(Some(PUBLISHED), Direction::Past);
        found.iter().filter_map(days).map(|days| format!("{}..{}", days.start, days.end)).collect::<Vec<_>>()
    };
    assert_eq!(told("A day later they met."), ["2014-05-06..2014-05-06"]);
    assert_eq!(told("They met the same evening."), ["2014-05-05..2014-05-05"]);
    assert_eq!(told("They met the next day."), ["2014-05-06..2014-05-06"]);
    assert_eq!(told("They had met four days earlier."), ["2014-05-01..2014-05-01"]);
    assert_eq!(told("That August they met."), ["2014-08-01..2014-08-31"]);
    assert_eq!(told("They met in September of that year."), ["2014-09-01..2014-09-30"]);
    assert_eq!(told("In 2016 they met; two years later they parted."), ["2016-01-01..2016-12-31", "2018-01-01..2018-12-31"]);
    assert_eq!(told("In June they fell out; the same day they met."), ["2024-06-01..2024-06-30", "2014-05-05..2014-05-05"]);
    assert_eq!(told("They met that same week."), ["2014-05-05..2014-05-11"]);
    assert_eq!(told("It rebuked them at the time."), ["2014-05-05..2014-05-05"]);
    assert_eq!(told("Two days after the talks broke down they met."), ["2014-05-03..2014-05-03"]);
    assert_eq!(
        told("A day after the talks broke down it left on 8 May 2020."),
        ["2020-05-07..2020-05-07", "2020-05-08..2020-05-08"]
    );
    let mut lost = phrases("A day later they met.");
    super::anchor(&mut lost, &[], Some(PUBLISHED));
    assert!(lost.is_empty());
}

#[test]
fn a_year_before_a_noun_dates_that_noun() {
    let modifies = |text: &str| phrases(text).iter().map(|phrase| phrase.dates == Dates::Noun).collect::<Vec<_>>();
    assert_eq!(modifies("Algeria brokered the 2015 peace accord."), [true]);
    assert_eq!(modifies("They met in 2015."), [false]);
    assert_eq!(modifies("The 2000 troops left."), Vec::<bool>::new());
}

#[test]
fn months_take_their_year_from_the_words_or_the_tense() {
    assert_eq!(past("Trade passed $1 billion in December last year."), ["december last year: 2023-12-01..2023-12-31 month"]);
    assert_eq!(past("They met last December."), ["last december: 2023-12-01..2023-12-31 month"]);
    assert_eq!(past("They met in December."), ["december: 2023-12-01..2023-12-31 month"]);
    assert_eq!(future("They will meet in December."), ["december: 2024-12-01..2024-12-31 month"]);
    assert_eq!(future("It is likely to visit in November to trade."), ["november: 2024-11-01..2024-11-30 month"]);
    assert_eq!(past("They met in early March 2021."), ["early march 2021: 2021-03-01..2021-03-31 month"]);
    assert_eq!(past("They met in mid-May."), ["mid-may: 2024-05-01..2024-05-31 month"]);
    assert_eq!(past("Theresa May may march in."), Vec::<String>::new());
}

#[test]
fn days_and_stretches_of_days() {
    assert_eq!(past("The summit held on October 15-16 in Islamabad."), ["october 15-16: 2024-10-15..2024-10-16 range"]);
    assert_eq!(past("It ran from 30 September to 2 October."), ["from 30 september to 2 october: 2024-09-30..2024-10-02 range"]);
    assert_eq!(past("It ran Oct. 30 to Nov. 2, 2022."), ["oct. 30 to nov. 2, 2022: 2022-10-30..2022-11-02 range"]);
    assert_eq!(past("On the 5th of June, 2019 they met."), ["the 5th of june, 2019: 2019-06-05..2019-06-05 day"]);
    assert_eq!(past("On 2024-02-29 they met."), ["2024-02-29: 2024-02-29..2024-02-29 day"]);
    assert_eq!(past("They met on Nov. 20."), ["nov. 20: 2023-11-20..2023-11-20 day"]);
    assert_eq!(future("They meet on Nov. 20."), ["nov. 20: 2024-11-20..2024-11-20 day"]);
    assert_eq!(past("They met on Thursday, October 31, 2024."), ["thursday, october 31, 2024: 2024-10-31..2024-10-31 day"]);
    assert_eq!(past("On 31 February they met."), ["31 February: ?"]);
}

#[test]
fn weekdays_look_back_or_ahead_by_tense() {
    assert_eq!(past("Sources revealed it on Saturday."), ["saturday: 2024-11-02..2024-11-02 day"]);
    assert_eq!(future("They will meet on Saturday."), ["saturday: 2024-11-09..2024-11-09 day"]);
    assert_eq!(past("They met on Sunday."), ["sunday: 2024-11-03..2024-11-03 day"]);
    assert_eq!(past("They met last Sunday."), ["last sunday: 2024-10-27..2024-10-27 day"]);
    assert_eq!(future("They meet next Monday morning."), ["next monday morning: 2024-11-04..2024-11-04 day"]);
    assert_eq!(future("He will visit from Monday to Wednesday."), ["from monday to wednesday: 2024-11-04..2024-11-06 range"]);
    assert_eq!(past("He was there from Monday to Wednesday."), ["from monday to wednesday: 2024-10-28..2024-10-30 range"]);
    assert_eq!(
        past("They met over the weekend, last weekend."),
        ["the weekend: 2024-11-02..2024-11-03 range", "last weekend: 2024-10-26..2024-10-27 range"]
    );
    assert_eq!(past("They met on the 20th."), ["the 20th: 2024-10-20..2024-10-20 day"]);
    assert_eq!(future("They will meet on the 20th."), ["the 20th: 2024-11-20..2024-11-20 day"]);
}

#[test]
fn since_until_and_by_are_stretches() {
    assert_eq!(past("They have met since the start of the year."), ["since the start of the year: 2024-01-01..2024-11-03 range"]);
    assert_eq!(past("They met at the end of June."), ["the end of june: 2024-06-01..2024-06-30 month"]);
    assert_eq!(past("They have met since the end of June."), ["since the end of june: 2024-06-30..2024-11-03 range"]);
    assert_eq!(past("Since January they have met."), ["since january: 2024-01-01..2024-11-03 range"]);
    assert_eq!(past("So far this year they have met."), ["so far this year: 2024-01-01..2024-11-03 range"]);
    assert_eq!(future("They will stay until Friday."), ["until friday: 2024-11-03..2024-11-08 range"]);
    assert_eq!(future("They will meet by the end of the month."), ["by the end of the month: 2024-11-03..2024-11-30 range"]);
    assert_eq!(past("They met before May."), ["before May: ?"]);
    assert_eq!(future("They meet before the end of December."), ["before the end of december: 2024-11-03..2024-12-31 range"]);
}

#[test]
fn years_seasons_quarters_and_halves() {
    assert_eq!(past("In 2014 they met; it took 2014 men."), ["2014: 2014-01-01..2014-12-31 year"]);
    assert_eq!(past("In the 1990s they met."), ["1990s: 1990-01-01..1999-12-31 range"]);
    assert_eq!(past("They fought in 2021 and 2022."), ["2021 and 2022: 2021-01-01..2022-12-31 range"]);
    assert_eq!(past("They fought in 2014 and 2019."), ["2014: 2014-01-01..2014-12-31 year", "2019: 2019-01-01..2019-12-31 year"]);
    assert_eq!(past("From 2014 to 2019 they met."), ["from 2014 to 2019: 2014-01-01..2019-12-31 range"]);
    assert_eq!(future("They meet next spring."), ["next spring: 2025-03-01..2025-05-31 range"]);
    assert_eq!(past("They met in the first quarter of 2024."), ["the first quarter of 2024: 2024-01-01..2024-03-31 quarter"]);
    assert_eq!(past("In the first half of the year they met."), ["the first half of the year: 2024-01-01..2024-06-30 range"]);
    assert_eq!(
        past("Next quarter, last quarter."),
        ["next quarter: 2025-01-01..2025-03-31 quarter", "last quarter: 2024-07-01..2024-09-30 quarter"]
    );
}

#[test]
fn an_undated_article_keeps_its_absolute_dates_only() {
    let phrase = &phrases("on 3 May 2022")[0];
    assert!(phrase.form.resolve(None, Direction::Past).is_some());
    let phrase = &phrases("on Monday")[0];
    assert!(phrase.form.resolve(None, Direction::Past).is_none());
}

proptest! {
    #[test]
    fn any_words_in_any_order_give_ordered_phrases_and_days(
        parts in proptest::collection::vec(prop_oneof![
            Just("the"), Just("last"), Just("next"), Just("October"), Just("May"), Just("15"), Just("-"), Just("16"), Just("2024"), Just("1999s"),
            Just("from"), Just("to"), Just("since"), Just("by"), Just("until"), Just("end"), Just("of"), Just("year"), Just("week"), Just("Monday"),
            Just("first"), Just("half"), Just("quarter"), Just("two"), Just("ago"), Just("in"), Just("spring"), Just("400"), Just("early"), Just("99,999"),
            Just("and"), Just("("), Just(")"), Just(","), Just("decades"), Just("recent"), Just("so far"), Just("12th"), Just("the"), Just("31"), Just("February"),
        ], 0..24),
        year in -9999i16..=9999,
    ) {
        let text = parts.join(" ");
        let published = Date::new(year, 12, 31).ok();
        let mut end = 0;
        for phrase in phrases(&text) {
            prop_assert!(phrase.span.start >= end && phrase.span.end as usize <= text.len());
            end = phrase.span.end;
            for direction in [Direction::Past, Direction::Future, Direction::Either] {
                if let Some(days) = phrase.form.resolve(published, direction) {
                    prop_assert!(days.start <= days.end);
                }
            }
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        phrases(&text);
    }
}
