//! Texts that more than one benchmark reads.

/// A local paper's mixture: one sentence in twenty names two states.
pub const GENERAL: &str = "\
The bakery on the corner of Mill Lane has opened its doors at five every morning for forty years. \
Its owner, a quiet man of seventy, says that the secret is in the water. \
Prices of flour rose by a tenth last winter, and two neighbouring shops closed. \
The council wants to widen the street and has asked residents for their views. \
A survey found that most of them would rather have trees. \
In the evening a choir rehearses in the church hall, which was rebuilt after the fire of 2011. \
The conductor trained in Vienna and came home to look after her parents. \
She hopes to take the singers on a tour of the coast when the weather is warmer. \
The local team lost for the third time in a row on Saturday and dropped to ninth place. \
Their captain blamed the pitch, the referee and the long journey. \
A new bridge over the river will cost four million and take two years to build. \
Engineers had warned for a decade that the old one could not carry heavy lorries. \
The mayor promised that the ferry would run until the work was finished. \
Scientists at the university counted fewer swifts this year than ever before. \
They think that insects are becoming rare where hedges have been cut. \
An exhibition of photographs from Portugal and Morocco opens at the library on Monday. \
Admission is free for children, and there will be tea. \
Police are looking for a man who stole three bicycles from the station. \
He was last seen wearing a green coat and carrying a guitar. \
Rain is expected towards the end of the week, with sunny spells in the east.";
