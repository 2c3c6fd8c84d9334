//! The label sets of the analysis: universal part-of-speech tags, Penn tags, dependency relations and morphological features.
//!
//! Sources: Universal Dependencies 2 (universaldependencies.org) for [`Upos`], [`Deprel`] and [`Feats`]; the Penn Treebank tags as
//! UD English extends them for [`Xpos`].

macro_rules! labels {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($variant),+ }

        crate::lexicon::written! { $name { $($variant = $text,)+ } }
    };
}

labels! {
    /// Universal part of speech.
    Upos {
        Adj = "ADJ",
        Adp = "ADP",
        Adv = "ADV",
        Aux = "AUX",
        Cconj = "CCONJ",
        Det = "DET",
        Intj = "INTJ",
        Noun = "NOUN",
        Num = "NUM",
        Part = "PART",
        Pron = "PRON",
        Propn = "PROPN",
        Punct = "PUNCT",
        Sconj = "SCONJ",
        Sym = "SYM",
        Verb = "VERB",
        X = "X",
    }
}

labels! {
    /// Penn Treebank tag.
    Xpos {
        Cc = "CC",
        Cd = "CD",
        Dt = "DT",
        Ex = "EX",
        Fw = "FW",
        In = "IN",
        Jj = "JJ",
        Jjr = "JJR",
        Jjs = "JJS",
        Ls = "LS",
        Md = "MD",
        Nn = "NN",
        Nns = "NNS",
        Nnp = "NNP",
        Nnps = "NNPS",
        Pdt = "PDT",
        Pos = "POS",
        Prp = "PRP",
        Prps = "PRP$",
        Rb = "RB",
        Rbr = "RBR",
        Rbs = "RBS",
        Rp = "RP",
        Sym = "SYM",
        To = "TO",
        Uh = "UH",
        Vb = "VB",
        Vbd = "VBD",
        Vbg = "VBG",
        Vbn = "VBN",
        Vbp = "VBP",
        Vbz = "VBZ",
        Wdt = "WDT",
        Wp = "WP",
        Wps = "WP$",
        Wrb = "WRB",
        Hyph = "HYPH",
        Nfp = "NFP",
        Add = "ADD",
        Afx = "AFX",
        Gw = "GW",
        Xx = "XX",
        Lrb = "-LRB-",
        Rrb = "-RRB-",
        OpenQuote = "``",
        CloseQuote = "''",
        Comma = ",",
        Colon = ":",
        Period = ".",
        Dollar = "$",
        Hash = "#",
    }
}

labels! {
    /// Dependency relation to the governor, with the subtypes that tell a coder who acts on whom.
    Deprel {
        Root = "root",
        Nsubj = "nsubj",
        NsubjPass = "nsubj:pass",
        NsubjOuter = "nsubj:outer",
        Csubj = "csubj",
        CsubjPass = "csubj:pass",
        CsubjOuter = "csubj:outer",
        Obj = "obj",
        Iobj = "iobj",
        Ccomp = "ccomp",
        Xcomp = "xcomp",
        Obl = "obl",
        OblAgent = "obl:agent",
        OblUnmarked = "obl:unmarked",
        Vocative = "vocative",
        Expl = "expl",
        Dislocated = "dislocated",
        Advcl = "advcl",
        AdvclRelcl = "advcl:relcl",
        Advmod = "advmod",
        Discourse = "discourse",
        Aux = "aux",
        AuxPass = "aux:pass",
        Cop = "cop",
        Mark = "mark",
        Nmod = "nmod",
        NmodPoss = "nmod:poss",
        NmodDesc = "nmod:desc",
        NmodUnmarked = "nmod:unmarked",
        Appos = "appos",
        Nummod = "nummod",
        Acl = "acl",
        AclRelcl = "acl:relcl",
        Amod = "amod",
        Det = "det",
        DetPredet = "det:predet",
        Clf = "clf",
        Case = "case",
        Conj = "conj",
        Cc = "cc",
        CcPreconj = "cc:preconj",
        Fixed = "fixed",
        Flat = "flat",
        List = "list",
        Parataxis = "parataxis",
        Compound = "compound",
        CompoundPrt = "compound:prt",
        Orphan = "orphan",
        Goeswith = "goeswith",
        Reparandum = "reparandum",
        Punct = "punct",
        Dep = "dep",
    }
}

impl Deprel {
    /// The relation without its subtype: `nsubj:pass` gives `nsubj`.
    pub fn universal(self) -> &'static str {
        let text = self.as_str();
        text.split_once(':').map_or(text, |(head, _)| head)
    }
}

/// The morphological features that event coding reads, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Feats(pub u16);

impl Feats {
    pub const PAST: Feats = Feats(1);
    pub const PRESENT: Feats = Feats(1 << 1);
    pub const PLURAL: Feats = Feats(1 << 2);
    pub const SINGULAR: Feats = Feats(1 << 3);
    pub const PASSIVE: Feats = Feats(1 << 4);
    pub const PARTICIPLE: Feats = Feats(1 << 5);
    pub const GERUND: Feats = Feats(1 << 6);
    pub const INFINITIVE: Feats = Feats(1 << 7);
    pub const FINITE: Feats = Feats(1 << 8);
    pub const POSSESSIVE: Feats = Feats(1 << 9);
    pub const NEGATIVE: Feats = Feats(1 << 10);

    pub fn has(self, other: Feats) -> bool {
        self.0 & other.0 == other.0
    }

    pub fn with(self, other: Feats) -> Feats {
        Feats(self.0 | other.0)
    }
}

/// As CoNLL-U writes them: `Tense=Past|VerbForm=Fin`, sorted by name.
impl std::fmt::Display for Feats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NAMES: [(Feats, &str); 11] = [
            (Feats::PLURAL, "Number=Plur"),
            (Feats::SINGULAR, "Number=Sing"),
            (Feats::NEGATIVE, "Polarity=Neg"),
            (Feats::POSSESSIVE, "Poss=Yes"),
            (Feats::PAST, "Tense=Past"),
            (Feats::PRESENT, "Tense=Pres"),
            (Feats::FINITE, "VerbForm=Fin"),
            (Feats::GERUND, "VerbForm=Ger"),
            (Feats::INFINITIVE, "VerbForm=Inf"),
            (Feats::PARTICIPLE, "VerbForm=Part"),
            (Feats::PASSIVE, "Voice=Pass"),
        ];
        let mut gap = "";
        for (_, name) in NAMES.iter().filter(|(feat, _)| self.has(*feat)) {
            write!(f, "{gap}{name}")?;
            gap = "|";
        }
        Ok(())
    }
}
