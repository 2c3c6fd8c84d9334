"""Sentences of our own making in which two states stand together and nothing happens between them, and their pairs."""

import random

TEAMS = ["beat", "edged past", "crushed", "stunned", "thrashed", "held", "knocked out", "drew with", "lost to", "fought back against",
         "attacked from the start against", "defended deep against", "overwhelmed", "punished", "saw off", "eliminated", "outplayed"]
GAMES = ["World Cup", "Asian Cup", "Davis Cup", "Olympic final", "qualifier", "friendly", "Six Nations", "semi-final", "group stage",
         "hockey tournament", "second Test", "one-day series", "Nations League", "bronze medal match"]
CITIES = ["Doha", "Lyon", "Melbourne", "Cardiff", "Osaka", "Seville", "Durban", "Lima", "Toronto", "Kingston", "Colombo", "Turin"]
TEMPLATES = """
{A} {beat} {B} {n}-{m} in the {game} in {city}.
{A} {beat} {B} in the {game}, with the captain scoring {n} in the last hour.
{a} striker scored twice as {A} came from behind against {B}.
{A} will meet {B} in the {game} on Saturday.
{A} face {B} next in the {game} after a draw in {city}.
The {a} coach said his side would attack {B} from the first whistle in the {game}.
{A} finished ahead of {B} in the medals table with {n} golds.
{a} and {b} swimmers shared the podium at the {game}.
{A} ranks {n}th in the index, behind {B}.
{A} overtook {B} as the world's largest exporter of {good}, figures show.
Among the countries surveyed were {A}, {B} and {C}.
The list includes {A}, {B}, {C} and {D}.
Inflation was {n} percent in {A} and {m} percent in {B}.
Growth in {A} slowed to {n} percent while {B} grew by {m} percent.
{A} has {n} million people, {B} {m} million.
Unemployment is higher in {A} than in {B}, the report said.
The storm crossed {A} on Monday and is expected to reach {B} by Wednesday.
Heavy rain lashed {A} and parts of {B}, killing {n} people.
A heatwave stretching from {A} to {B} broke records.
An earthquake of magnitude {m}.1 struck {A} and was felt in {B}.
The river rises in {A} and flows through {B} to the sea.
The mountain range runs along the border of {A} and {B}.
{A} lies to the north of {B}.
The flight from {A} to {B} was delayed by {n} hours.
She was born in {A} and grew up in {B}.
The author, who lived in {A} and later in {B}, died on Friday at 8{m}.
The {a} author's novel, set in {B}, won the prize.
The film, shot in {A} and {B}, opens next month.
The restaurant serves {a} and {b} dishes.
{a} salad and {b} bread are on the menu.
The festival brings together musicians from {A} and {B}.
The exhibition shows paintings from {A}, {B} and {C}.
In 18{n}7 {A} and {B} fought a war over the province.
The treaty of 17{n}1, which ended the war between {A} and {B}, is kept in a museum.
{A} defeated {B} in the battle of 16{n}2, historians say.
Her grandfather left {A} for {B} a century ago.
Shares rose in {A} and fell in {B} on Tuesday.
The company has factories in {A} and {B} and employs {n},000 people.
The {a} carmaker sold more vehicles in {B} than in {C}.
The bank, based in {A}, plans to open branches in {B}.
Oil from {A} and gas from {B} trade at a discount.
The {a} airline ordered {n} jets.
The {a} airline will fly to {B} three times a week.
Tourists from {A} like the beaches of {B}.
The {a} singer begins a tour of {B} in May.
A {a} tourist was injured in a road accident in {B}.
A {a} climber died on a mountain in {B}.
The study followed {n},000 patients in {A}, {B} and {C}.
Cases of the disease were found in {A} and {B}, the health body said.
Scientists in {A} and {B} found a new species of frog.
Like {A}, {B} has an ageing population.
Unlike {A}, {B} has no coastline.
The same law exists in {A} and {B}.
What happened in {A} could happen in {B}, the columnist wrote.
The {a} crown and the {b} peso weakened against the dollar.
{a} cheese sells well in {B}.
Students from {A} came second and those from {B} third in the maths contest.
{A} and {B} both have elections this year.
The {a} president faces an election in May, while in {B} the parliament was dissolved.
In {A} farmers blocked roads; in {B} teachers walked out.
The book compares schools in {A} and {B}.
Prices of {good} rose after a poor harvest in {A} and {B}.
The marathon was won by a runner from {A} ahead of two from {B}.
{A} qualified for the {game}; {B} did not.
{a} fans sang in the streets of {B} after the {game}.
He speaks {a} and {b}.
The ferry that links {A} with {B} is being repaired.
Birds that breed in {A} spend the winter in {B}.
The actor, who holds {a} and {b} passports, lives in {city}.
The court heard that the {a} national had worked in {B} for {n} years.
Coffee from {A} won the tasting, with {B} in second place.
The {a} team arrived in {B} for the {game}.
{A} hit {n} for {m} in reply to {B}'s 30{n}.
Police in {A} arrested a man who had earlier worked in {B} as a plumber.
""".strip().splitlines()
GOODS = ["wheat", "coffee", "steel", "gas", "rice", "cocoa", "copper", "cars", "tea", "cotton"]


def sentences(names, count, seed):
    """`count` sentences, each with the pairs in it, all of them none."""
    rng = random.Random(seed)
    out = []
    for _ in range(count):
        states = [names.usual[c] for c in rng.sample(names.codes, 4)]
        fields = dict(beat=rng.choice(TEAMS), game=rng.choice(GAMES), city=rng.choice(CITIES), good=rng.choice(GOODS),
                      n=rng.randint(2, 9), m=rng.randint(0, 6))
        text, spans, at = "", [], 0
        template = rng.choice(TEMPLATES)
        while at < len(template):
            if template[at] == "{":
                end = template.index("}", at)
                field = template[at + 1 : end]
                if field.lower() in "abcd":
                    kind = "name" if field.isupper() else "adjective"
                    word = states["abcd".index(field.lower())][kind]
                    spans.append((len(text), len(text) + len(word)))
                else:
                    word = str(fields[field])
                text += word
                at = end + 1
            else:
                text += template[at]
                at += 1
        text = text[0].upper() + text[1:]
        if len(spans) >= 2:
            pairs = [(a, b) for i, a in enumerate(spans) for b in spans[i + 1 :]]
            out.append(dict(text=text, pairs=[dict(source=a, target=b, tie="none") for a, b in pairs]))
        else:
            out.append(dict(text=text, pairs=[dict(source=spans[0], target=(0, len(text)), tie="none")]))
    return out
