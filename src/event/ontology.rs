//! What an act is coded as: acts (the 16 PLOVER classes), modes, contexts, statuses, quad classes.
//!
//! Sources: PLOVER codebook, draft 0.8 (2021) for acts, modes and contexts; CAMEO for the codes that [`super::codes`] derives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[repr(u8)]
        pub enum $name { $(#[serde(rename = $text)] $variant),+ }

        crate::lexicon::written! { $name { $($variant = $text,)+ } }
    };
}

vocabulary! {
    /// What one actor does to another.
    Act {
        Agree = "AGREE",
        Consult = "CONSULT",
        Support = "SUPPORT",
        Concede = "CONCEDE",
        Cooperate = "COOPERATE",
        Aid = "AID",
        Retreat = "RETREAT",
        Request = "REQUEST",
        Accuse = "ACCUSE",
        Reject = "REJECT",
        Threaten = "THREATEN",
        Protest = "PROTEST",
        Sanction = "SANCTION",
        Mobilize = "MOBILIZE",
        Coerce = "COERCE",
        Assault = "ASSAULT",
    }
}

/// The likeliest act and its probability, where those of all acts stand in the order of [`Act::ALL`]; of two that are as likely the first.
pub fn likeliest(held: &[f32]) -> (Act, f32) {
    let all = Act::ALL.iter().copied().zip(held.iter().copied());
    all.reduce(|best, next| if next.1 > best.1 { next } else { best }).unwrap_or((Act::ALL[0], 0.0))
}

vocabulary! {
    /// How an act is done. Which acts a mode goes with: [`super::codes`].
    Mode {
        Visit = "visit",
        ThirdParty = "third-party",
        Multilateral = "multilateral",
        Phone = "phone",
        Assist = "assist",
        Change = "change",
        Yield = "yield",
        Meet = "meet",
        Restrict = "restrict",
        Ban = "ban",
        Arrest = "arrest",
        Relations = "relations",
        Expel = "expel",
        Territory = "territory",
        Violence = "violence",
        Disapprove = "disapprove",
        Investigate = "investigate",
        Allege = "allege",
        Withdraw = "withdraw",
        Release = "release",
        Return = "return",
        Disarm = "disarm",
        Ceasefire = "ceasefire",
        Access = "access",
        Resign = "resign",
        Convict = "convict",
        Discontinue = "discontinue",
        Troops = "troops",
        Weapons = "weapons",
        Police = "police",
        Militia = "militia",
        Seize = "seize",
        Censor = "censor",
        Curfew = "curfew",
        MartialLaw = "martial-law",
        Deport = "deport",
        Withhold = "withhold",
        Misinformation = "misinformation",
        Cyber = "cyber",
        Demo = "demo",
        Riot = "riot",
        Strike = "strike",
        Hunger = "hunger",
        Boycott = "boycott",
        Obstruct = "obstruct",
        Abduct = "abduct",
        Beat = "beat",
        Torture = "torture",
        Execute = "execute",
        Assassinate = "assassinate",
        Explosives = "explosives",
        Firearms = "firearms",
        HeavyWeapons = "heavy-weapons",
        Aerial = "aerial",
        Drone = "drone",
        SuicideAttack = "suicide-attack",
        Destroy = "destroy",
        Unconventional = "unconventional",
        CrowdControl = "crowd-control",
    }
}

vocabulary! {
    /// What an act is about; an event has any number.
    Context {
        Military = "military",
        Intelligence = "intelligence",
        Executive = "executive",
        Legislative = "legislative",
        Election = "election",
        PoliticalInstitutions = "political_institutions",
        Legal = "legal",
        Diplomatic = "diplomatic",
        Economic = "economic",
        Trade = "trade",
        Energy = "energy",
        Territory = "territory",
        Migration = "migration",
        Refugees = "refugees",
        HumanRights = "human_rights",
        Humanitarian = "humanitarian",
        Environment = "environment",
        Disaster = "disaster",
        Health = "health",
        Cyber = "cyber",
        Terrorism = "terrorism",
        Crime = "crime",
        Corruption = "corruption",
        Technology = "technology",
        Space = "space",
        Culture = "culture",
        SportDiplomacy = "sport_diplomacy",
        Media = "media",
        Peacekeeping = "peacekeeping",
    }
}

vocabulary! {
    /// Did it happen?
    Status {
        Occurred = "occurred",
        Ongoing = "ongoing",
        Anticipated = "anticipated",
        Conditional = "conditional",
        Negated = "negated",
        Denied = "denied",
    }
}

vocabulary! {
    /// Verbal or material, cooperation or conflict.
    Quad {
        VerbalCooperation = "verbal-cooperation",
        MaterialCooperation = "material-cooperation",
        VerbalConflict = "verbal-conflict",
        MaterialConflict = "material-conflict",
    }
}
