//! Frames against trees written by hand, so that what is tested is the matching and not the parser.

use super::*;
use crate::syntax::{Deprel, Feats, Sentence, SentenceKind, Token, Xpos};

/// A document of one sentence a block; a line is `form[|lemma] UPOS XPOS head relation [CODE]`, heads counted from 1 inside the block,
/// and a code makes the word an actor.
fn document(blocks: &str) -> (Document, Mentions) {
    let (mut document, mut mentions, mut at) = (Document::default(), Mentions::default(), 0usize);
    for (index, block) in blocks.trim().split("\n\n").enumerate() {
        let first = document.tokens.len() as u32;
        let start = at;
        for line in block.lines() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (form, lemma) = fields[0].split_once('|').unwrap_or((fields[0], fields[0]));
            let lemma_start = document.lemmas.len();
            document.lemmas.push_str(lemma);
            let span = Span::new(at, at + form.len());
            at += form.len() + 1;
            let head: u32 = fields[3].parse().unwrap();
            let xpos = Xpos::parse(fields[2]).unwrap();
            let finite = matches!(xpos, Xpos::Vbd | Xpos::Vbz | Xpos::Vbp);
            document.tokens.push(Token {
                span,
                lemma: Span::new(lemma_start, document.lemmas.len()),
                head: if head == 0 { Token::ROOT } else { first + head - 1 },
                deprel: Deprel::parse(fields[4]).unwrap_or_else(|| panic!("{line}")),
                upos: Upos::parse(fields[1]).unwrap_or_else(|| panic!("{line}")),
                xpos,
                feats: if finite { Feats::FINITE } else { Feats::default() },
            });
            if let Some(codes) = fields.get(5) {
                mentions.all.push(Mention {
                    span,
                    sentence: index as u32,
                    head: document.tokens.len() as u32 - 1,
                    kind: if codes.contains('+') { MentionKind::Anaphor } else { MentionKind::State },
                    actors: codes.split('+').map(|code| ActorCode::new(code).unwrap()).collect(),
                    sector: None,
                    role: None,
                    name: None,
                    antecedent: None,
                });
            }
        }
        document.sentences.push(Sentence {
            span: Span::new(start, at),
            tokens: first..document.tokens.len() as u32,
            kind: SentenceKind::Body,
            paragraph: index as u32,
        });
    }
    (document, mentions)
}

/// `SOURCE ACT TARGET`, with `=` after the act where it is reciprocal.
fn coded(blocks: &str) -> Vec<String> {
    let (document, mentions) = document(blocks);
    let frames = Frames::embedded().unwrap();
    let mut found = Vec::new();
    frames.candidates(&Article::default(), &document, &mentions, &mut found, None);
    let line = |c: &Candidate| format!("{} {}{} {}", c.source.actor, c.act, if c.reciprocal { "=" } else { "" }, c.target.actor);
    found.iter().map(line).collect()
}

#[test]
fn the_embedded_lexicon_is_sound_and_broad() {
    let frames = Frames::embedded().unwrap_or_else(|error| panic!("{error}"));
    assert!(frames.lexicon().predicates() > 1200, "{}", frames.lexicon().predicates());
    for entry in &frames.lexicon().entries {
        let frame = &frames.lexicon().frames[entry.frame as usize];
        if let (Some(act), Some(mode)) = (entry.act, frame.mode) {
            assert!(crate::event::codes::modes(act).contains(&mode), "{}:{}: {act} has no mode {mode}", entry.file, entry.line);
        }
    }
}

#[test]
fn subject_and_object_act_and_are_acted_upon() {
    let active = "France PROPN NNP 2 nsubj FRA\ncondemned|condemn VERB VBD 0 root\nBelarus PROPN NNP 2 obj BLR";
    assert_eq!(coded(active), ["FRA ACCUSE BLR"]);
    let passive = "Belarus PROPN NNP 3 nsubj:pass BLR\nwas|be AUX VBD 3 aux:pass\ncondemned|condemn VERB VBN 0 root\n\
                   by ADP IN 5 case\nFrance PROPN NNP 3 obl:agent FRA";
    assert_eq!(coded(passive), ["FRA ACCUSE BLR"]);
}

#[test]
fn a_passive_without_agent_has_no_source() {
    let text = "Iran PROPN NNP 3 nsubj:pass IRN\nwas|be AUX VBD 3 aux:pass\naccused|accuse VERB VBN 0 root";
    assert!(coded(text).is_empty());
}

#[test]
fn coordinated_sources_each_act_on_each_target() {
    let text = "France PROPN NNP 4 nsubj FRA\nand CCONJ CC 3 cc\nItaly PROPN NNP 1 conj ITA\npraised|praise VERB VBD 0 root\n\
                Oman PROPN NNP 4 obj OMN\nand CCONJ CC 7 cc\nQatar PROPN NNP 5 conj QAT";
    assert_eq!(coded(text), ["FRA SUPPORT OMN", "FRA SUPPORT QAT", "ITA SUPPORT OMN", "ITA SUPPORT QAT"]);
}

#[test]
fn a_light_verb_takes_its_meaning_from_its_noun() {
    let text = "Kenya PROPN NNP 2 nsubj KEN\nimposed|impose VERB VBD 0 root\nsanctions|sanction NOUN NNS 2 obj\non ADP IN 5 case\n\
                Uganda PROPN NNP 3 nmod UGA";
    assert_eq!(coded(text), ["KEN SANCTION UGA"]);
}

#[test]
fn lifting_what_was_imposed_is_giving_way() {
    let text = "Kenya PROPN NNP 2 nsubj KEN\nlifted|lift VERB VBD 0 root\nsanctions|sanction NOUN NNS 2 obj\non ADP IN 5 case\n\
                Uganda PROPN NNP 2 obl UGA";
    assert_eq!(coded(text), ["KEN RETREAT UGA"]);
}

#[test]
fn a_condemned_attack_is_two_acts() {
    let text = "Spain PROPN NNP 2 nsubj ESP\ncondemned|condemn VERB VBD 0 root\nRussia PROPN NNP 5 nmod:poss RUS\n's PART POS 3 case\n\
                attack NOUN NN 2 obj\non ADP IN 7 case\nUkraine PROPN NNP 5 nmod UKR";
    assert_eq!(coded(text), ["ESP ACCUSE RUS", "RUS ASSAULT UKR"]);
}

#[test]
fn what_is_urged_is_not_told_as_done() {
    let text = "Spain PROPN NNP 2 nsubj ESP\nurged|urge VERB VBD 0 root\nMorocco PROPN NNP 2 obj MAR\nto PART TO 5 mark\n\
                attack VERB VB 2 xcomp\nAlgeria PROPN NNP 5 obj DZA";
    assert_eq!(coded(text), ["ESP REQUEST MAR"]);
}

#[test]
fn a_threat_takes_the_place_of_what_is_threatened() {
    let text = "Iran PROPN NNP 2 nsubj IRN\nthreatened|threaten VERB VBD 0 root\nto PART TO 4 mark\nattack VERB VB 2 xcomp\n\
                Israel PROPN NNP 4 obj ISR";
    assert_eq!(coded(text), ["IRN THREATEN ISR"]);
}

#[test]
fn refusing_to_meet_is_a_refusal() {
    let text = "Cuba PROPN NNP 2 nsubj CUB\nrefused|refuse VERB VBD 0 root\nto PART TO 4 mark\nmeet VERB VB 2 xcomp\n\
                Spain PROPN NNP 4 obj ESP";
    assert_eq!(coded(text), ["CUB REJECT ESP"]);
}

#[test]
fn two_who_meet_do_it_to_each_other() {
    let and = "Chad PROPN NNP 4 nsubj TCD\nand CCONJ CC 3 cc\nNiger PROPN NNP 1 conj NER\nheld|hold VERB VBD 0 root\ntalks|talk NOUN NNS 4 obj";
    assert_eq!(coded(and), ["TCD CONSULT= NER"]);
    let between = "Talks|talk NOUN NNS 6 nsubj\nbetween ADP IN 3 case\nChad PROPN NNP 1 nmod TCD\nand CCONJ CC 5 cc\n\
                   Niger PROPN NNP 3 conj NER\nended|end VERB VBD 0 root";
    assert_eq!(coded(between), ["TCD CONSULT= NER"]);
    let both = "The DET DT 3 det\ntwo NUM CD 3 nummod\ncountries|country NOUN NNS 4 nsubj TCD+NER\nheld|hold VERB VBD 0 root\n\
                talks|talk NOUN NNS 4 obj";
    assert_eq!(coded(both), ["TCD CONSULT= NER"]);
}

#[test]
fn raising_and_relative_clauses_pass_the_subject_on() {
    let raising = "Lavrov PROPN NNP 3 nsubj:pass RUS\nis|be AUX VBZ 3 aux:pass\nexpected|expect VERB VBN 0 root\nto PART TO 5 mark\n\
                   visit VERB VB 3 xcomp\nPakistan PROPN NNP 5 obj PAK";
    assert_eq!(coded(raising), ["RUS CONSULT PAK"]);
    let greek = "Greek ADJ JJ 2 amod GRC\ntanker NOUN NN 6 nsubj\nthat PRON WDT 5 obj\nIran PROPN NNP 5 nsubj IRN\n\
                 seized|seize VERB VBD 2 acl:relcl\nsank|sink VERB VBD 0 root";
    assert_eq!(coded(greek), ["IRN COERCE GRC"]);
}

#[test]
fn a_visit_without_a_target_goes_where_the_article_is_about() {
    let text = "Pakistan PROPN NNP 4 nsubj PAK\nand CCONJ CC 3 cc\nRussia PROPN NNP 1 conj RUS\ntrade VERB VBP 0 root\n\n\
                Russian ADJ JJ 2 amod RUS\ndelegation NOUN NN 4 nsubj\nwill AUX MD 4 aux\nvisit VERB VB 0 root";
    assert_eq!(coded(text).last().map(String::as_str), Some("RUS CONSULT PAK"));
}

#[test]
fn sport_is_no_war() {
    let text = "France PROPN NNP 2 nsubj FRA\nattacked|attack VERB VBD 0 root\nSpain PROPN NNP 2 obj ESP\nin ADP IN 6 case\nthe DET DT 6 det\n\
                semi-final NOUN NN 2 obl";
    assert!(coded(text).is_empty());
}

#[test]
fn the_trace_says_why_a_candidate_was_dropped() {
    let (document, mentions) = document("Mali PROPN NNP 2 nsubj MLI\ncondemned|condemn VERB VBD 0 root\nit PRON PRP 2 obj");
    let mut trace = Trace::default();
    let frames = Frames::embedded().unwrap();
    frames.candidates(&Article::default(), &document, &mentions, &mut Vec::new(), Some(&mut trace));
    assert!(trace.readings.iter().any(|reading| reading.dropped == Some(Dropped::NoTarget)));
}

#[test]
fn a_hostile_tree_ends() {
    let (mut document, mentions) =
        document("Mali PROPN NNP 2 nsubj MLI\ncondemned|condemn VERB VBD 1 conj\nNiger PROPN NNP 2 obj NER");
    for token in 0..3 {
        document.tokens[token].head = (token as u32 + 1) % 3;
    }
    let frames = Frames::embedded().unwrap();
    frames.candidates(&Article::default(), &document, &mentions, &mut Vec::new(), None);
}

#[test]
fn who_is_left_out_is_whom_the_source_last_dealt_with() {
    let text = "Chad PROPN NNP 2 nsubj TCD\naccused|accuse VERB VBD 0 root\nNiger PROPN NNP 2 obj NER\n\n\
                Chad PROPN NNP 2 nsubj TCD\ndemanded|demand VERB VBD 0 root\nan DET DT 4 det\napology NOUN NN 2 obj";
    assert_eq!(coded(text), ["TCD ACCUSE NER", "TCD REQUEST NER"]);
}

#[test]
fn where_the_tree_is_torn_parties_are_found_by_position() {
    let text = "Kenya PROPN NNP 0 root KEN\npraised|praise VERB VBD 1 parataxis\nUganda PROPN NNP 1 list UGA";
    assert_eq!(coded(text), ["KEN SUPPORT UGA"]);
}

#[test]
fn what_two_do_to_each_other_both_do() {
    let text = "sides|side NOUN NNS 2 nsubj TCD+NER\nshot|shoot VERB VBD 0 root\nat ADP IN 4 case\neach DET DT 2 obl\n\
                other ADJ JJ 4 fixed";
    assert_eq!(coded(text), ["TCD ASSAULT= NER"]);
}

#[test]
fn a_headlines_verb_may_be_tagged_as_a_noun() {
    let text = "Poland PROPN NNP 2 compound POL\nslams|slam NOUN NNS 0 root\nGermany PROPN NNP 2 nmod DEU\nanew ADV RB 2 advmod";
    assert_eq!(coded(text), ["POL ACCUSE DEU"]);
}

#[test]
fn a_state_does_not_act_through_its_salads() {
    let text = "Russian ADJ JJ 2 amod RUS\nsalad NOUN NN 3 nsubj\nattacked|attack VERB VBD 0 root\nFrance PROPN NNP 3 obj FRA";
    assert!(coded(text).is_empty());
}

#[test]
fn what_a_visit_is_for_is_not_done_yet() {
    let text = "Chad PROPN NNP 4 nsubj TCD\nand CCONJ CC 3 cc\nNiger PROPN NNP 1 conj NER\nmet|meet VERB VBD 0 root\nto PART TO 6 mark\n\
                strengthen VERB VB 4 advcl\nties|tie NOUN NNS 6 obj";
    assert_eq!(coded(text), ["TCD CONSULT= NER"]);
}

#[test]
fn a_clause_without_a_verb_means_the_one_before() {
    let text = "Russia PROPN NNP 2 nsubj RUS\nexpelled|expel VERB VBD 0 root\ntwo NUM CD 4 nummod\ndiplomats|diplomat NOUN NNS 2 obj\n\
                from ADP IN 6 case\nRomania PROPN NNP 4 nmod ROU\n, PUNCT , 9 punct\nLatvia PROPN NNP 9 compound LVA\nthree NUM CD 4 conj";
    assert_eq!(coded(text), ["RUS SANCTION ROU", "LVA SANCTION ROU"]);
}

#[test]
fn who_is_left_out_is_the_one_that_the_article_is_about_and_not_another_giver() {
    let about =
        "Fiji PROPN NNP 2 nsubj FJI\nfloods|flood VERB VBZ 0 root\n\nFiji PROPN NNP 2 nsubj FJI\nwaits|wait VERB VBZ 0 root\n\n";
    let text = "Spain PROPN NNP 2 nsubj ESP\nsent|send VERB VBD 0 root\nblankets|blanket NOUN NNS 2 obj\nand CCONJ CC 6 cc\n\
                Kenya PROPN NNP 6 nsubj KEN\nsent|send VERB VBD 2 conj\ntents|tent NOUN NNS 6 obj";
    assert_eq!(coded(&format!("{about}{text}")), ["ESP AID FJI", "KEN AID FJI"]);
}

#[test]
fn who_does_the_same_does_what_was_told_last() {
    let before = "Chad PROPN NNP 2 nsubj TCD\nexpelled|expel VERB VBD 0 root\nNiger PROPN NNP 2 obj NER\n";
    let so = "and CCONJ CC 6 cc\nso ADV RB 6 advmod\ndid|do AUX VBD 2 conj\nMali PROPN NNP 6 nsubj MLI";
    assert_eq!(coded(&format!("{before}{so}")), ["TCD SANCTION NER", "MLI SANCTION NER"]);
    // Whom it was done to does it to the one who began.
    let same = "Niger PROPN NNP 2 nsubj NER\ndid|do VERB VBD 0 root\nthe DET DT 4 det\nsame ADJ JJ 2 obj";
    assert_eq!(coded(&format!("{before}\n{same}")), ["TCD SANCTION NER", "NER SANCTION TCD"]);
    let other = "which PRON WDT 6 nsubj\nremains|remain VERB VBZ 3 acl:relcl\nas SCONJ IN 7 mark\ndoes|do AUX VBZ 6 advcl\nMali PROPN NNP 7 nsubj MLI";
    assert_eq!(coded(&format!("{before}{other}")), ["TCD SANCTION NER"]);
}

#[test]
fn a_target_that_its_frame_asks_for_may_be_left_to_the_reader_all_the_same() {
    let before = "Chad PROPN NNP 2 nsubj TCD\nbombed|bomb VERB VBD 0 root\nNiger PROPN NNP 2 obj NER\n\n";
    let text =
        "Niger PROPN NNP 2 nsubj NER\nwithdrew|withdraw VERB VBD 0 root\nits PRON PRP$ 4 nmod:poss\nambassador NOUN NN 2 obj";
    assert_eq!(coded(&format!("{before}{text}")), ["TCD ASSAULT NER", "NER SANCTION TCD"]);
    // A word of many meanings is not enough.
    let text = "Niger PROPN NNP 2 nsubj NER\ngoes|go VERB VBZ 0 root\nit PRON PRP 2 obj\nalone ADV RB 2 advmod";
    assert_eq!(coded(&format!("{before}{text}")), ["TCD ASSAULT NER"]);
}

#[test]
fn who_condemns_an_attack_without_its_doer_stands_by_its_victim() {
    let text = "Egypt PROPN NNP 2 nsubj EGY\ncondemned|condemn VERB VBD 0 root\nthe DET DT 4 det\nattacks|attack NOUN NNS 2 obj\n\
                on ADP IN 6 case\nSudan PROPN NNP 4 nmod SDN";
    assert_eq!(coded(text), ["EGY SUPPORT SDN"]);
}

#[test]
fn a_conjunct_with_a_verb_of_its_own_is_no_party_to_the_clause_before() {
    let text = "Spain PROPN NNP 2 nsubj ESP\nopened|open VERB VBD 0 root\na DET DT 4 det\nhospital NOUN NN 2 obj\nin ADP IN 6 case\n\
                Turkey PROPN NNP 4 nmod TUR\n, PUNCT , 9 punct\nand CCONJ CC 9 cc\nKenya PROPN NNP 6 conj KEN\n\
                praised|praise VERB VBD 2 conj\nMalta PROPN NNP 10 obj MLT";
    assert_eq!(coded(text), ["ESP AID TUR", "KEN SUPPORT MLT"]);
}

#[test]
fn talks_with_one_are_between_it_and_the_one_that_the_text_deals_with() {
    let text = "Kuwait PROPN NNP 2 nsubj KWT\naccused|accuse VERB VBD 0 root\nIraq PROPN NNP 2 obj IRQ\n\n\
                Talks|talk NOUN NNS 4 nsubj\nwith ADP IN 3 case\nIraq PROPN NNP 1 nmod IRQ\ncontinued|continue VERB VBD 0 root";
    assert_eq!(coded(text), ["KWT ACCUSE IRQ", "KWT CONSULT= IRQ"]);
}

#[test]
fn a_state_in_apposition_to_another_is_one_more() {
    let text = "Peru PROPN NNP 2 nsubj PER\npraised|praise VERB VBD 0 root\nChina PROPN NNP 2 obj CHN\n, PUNCT , 5 punct\nJapan PROPN NNP 3 appos JPN";
    assert_eq!(coded(text), ["PER SUPPORT CHN", "PER SUPPORT JPN"]);
}

#[test]
fn what_a_state_asks_of_its_own_concerns_no_other() {
    let before = "France PROPN NNP 2 nsubj FRA\npraised|praise VERB VBD 0 root\nJapan PROPN NNP 2 obj JPN\n\n";
    let text = "France PROPN NNP 2 nsubj FRA\nadvised|advise VERB VBD 0 root\nFrenchmen PROPN NNPS 2 iobj FRA\nto PART TO 5 mark\n\
                leave VERB VB 2 xcomp";
    assert_eq!(coded(&format!("{before}{text}")), ["FRA SUPPORT JPN"]);
}

#[test]
fn each_reopens_its_own_skies() {
    let text = "Oman PROPN NNP 4 nsubj OMN\nand CCONJ CC 3 cc\nQatar PROPN NNP 1 conj QAT\nreopened|reopen VERB VBD 0 root\n\
                their|their PRON PRP$ 6 nmod:poss OMN+QAT\nairspace NOUN NN 4 obj";
    assert!(!coded(text).iter().any(|event| event.contains("RETREAT")), "{:?}", coded(text));
}

#[test]
fn an_offer_and_what_is_offered_are_one_act() {
    let offered = "Qatar PROPN NNP 2 nsubj QAT\noffered|offer VERB VBD 0 root\nto PART TO 4 mark\nhelp VERB VB 2 xcomp\n\
        Iran PROPN NNP 4 obj IRN\n. PUNCT . 2 punct";
    assert_eq!(coded(offered), ["QAT AGREE IRN"]);
}

#[test]
fn whoever_is_thanked_for_what_was_sent_has_sent_it() {
    let thanked = "Fiji PROPN NNP 2 nsubj FJI\nthanked|thank VERB VBD 0 root\nJapan PROPN NNP 2 obj JPN\nfor ADP IN 6 case\n\
        the DET DT 6 det\ntents|tent NOUN NNS 2 obl\nsent|send VERB VBN 6 acl\n. PUNCT . 2 punct";
    assert_eq!(coded(thanked), ["FJI SUPPORT JPN", "JPN AID FJI"]);
}

#[test]
fn who_is_said_to_be_one_that_does_it_does_it() {
    let only = "Palau PROPN NNP 4 nsubj PLW\nis|be AUX VBZ 4 cop\nthe DET DT 4 det\nstate NOUN NN 0 root\n\
        that PRON WDT 6 nsubj\nrecognises|recognise VERB VBZ 4 acl:relcl\nTaiwan PROPN NNP 6 obj TWN\n. PUNCT . 4 punct";
    assert_eq!(coded(only), ["PLW SUPPORT TWN"]);
}

#[test]
fn two_that_were_told_of_before_are_joined_where_the_tree_leads_to_neither() {
    let before = "Chad PROPN NNP 2 nsubj TCD\npraised|praise VERB VBD 0 root\nTogo PROPN NNP 2 obj TGO\n. PUNCT . 2 punct";
    let lost = "Near ADP IN 2 case\nChad PROPN NNP 4 obl TCD\nand CCONJ CC 4 cc\nbeside ADP IN 5 case\nTogo PROPN NNP 8 obl TGO\n\
        rice NOUN NN 8 nsubj:pass\nwas|be AUX VBD 8 aux:pass\ndonated|donate VERB VBN 0 root\n. PUNCT . 8 punct";
    assert_eq!(coded(lost), Vec::<String>::new());
    assert_eq!(coded(&format!("{before}\n\n{lost}")), ["TCD SUPPORT TGO", "TGO AID TCD"]);
}

#[test]
fn a_body_acts_for_who_set_it_up() {
    let text = "A DET DT 2 det\npanel NOUN NN 7 nsubj\nset VERB VBN 2 acl\nup ADP RP 3 compound:prt\nby ADP IN 6 case\n\
                Ghana PROPN NNP 3 obl:agent GHA\nvisited|visit VERB VBD 0 root\nChad PROPN NNP 7 obj TCD";
    assert_eq!(coded(text), ["GHA CONSULT TCD"]);
}

#[test]
fn who_is_among_those_that_do_it_does_it() {
    let text = "Tuvalu PROPN NNP 5 nsubj TUV\nis|be AUX VBZ 5 cop\namong ADP IN 5 case\nthe DET DT 5 det\n\
                states|state NOUN NNS 0 root\nthat PRON WDT 7 nsubj\nrecognise VERB VBP 5 acl:relcl\n\
                Taiwan PROPN NNP 7 obj TWN";
    assert_eq!(coded(text), ["TUV SUPPORT TWN"]);
}

#[test]
fn a_number_that_leads_a_participle_is_its_subject() {
    let text = "The DET DT 2 det\ntwo NUM CD 0 root SDN+UGA\nagreed|agree VERB VBN 2 acl\nto PART TO 5 mark\n\
                reopen VERB VB 3 xcomp\nthe DET DT 7 det\nborder NOUN NN 5 obj";
    assert_eq!(coded(text), ["SDN AGREE= UGA"]);
}

#[test]
fn to_tell_of_another_s_sanction_is_a_charge_but_not_to_report_it() {
    let charge = "Peru PROPN NNP 2 nsubj PER\nsaid|say VERB VBD 0 root\nthat SCONJ IN 6 mark\nEcuador PROPN NNP 6 nsubj ECU\n\
                  had|have AUX VBD 6 aux\nexpelled|expel VERB VBN 2 ccomp\na DET DT 9 det\nPeruvian ADJ JJ 9 amod PER\n\
                  ambassador NOUN NN 6 obj";
    assert_eq!(coded(charge), ["ECU SANCTION PER", "PER ACCUSE ECU"]);
    let report = "Ecuador PROPN NNP 2 nsubj ECU\nexpelled|expel VERB VBD 7 ccomp\na DET DT 5 det\nPeruvian ADJ JJ 5 amod PER\n\
                  ambassador NOUN NN 2 obj\nPeru PROPN NNP 7 nsubj PER\nsaid|say VERB VBD 0 root";
    assert_eq!(coded(report), ["ECU SANCTION PER"]);
}
