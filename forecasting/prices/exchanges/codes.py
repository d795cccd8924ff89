"""Which exchange a symbol trades on, as the name of a calendar of `forecasting.prices.exchanges.calendars`."""

import re
from typing import Final

CRYPTO: Final = "24/7"
CURRENCIES: Final = "24/5"
FUTURES: Final = "CMES"
NEW_YORK: Final = "XNYS"
FUND: Final = "FUND"
"""A calendar of our own: New York's sessions, each of which ends in the evening, when funds have named their value."""

OF_SUFFIX: Final = {
    "AS": "XAMS", "AT": "ASEX", "AX": "XASX", "BA": "XBUE", "BD": "XBUD", "BE": "XFRA", "BK": "XBKK", "BO": "XBOM",
    "BR": "XBRU", "CN": "XTSE", "CO": "XCSE", "DE": "XETR", "DU": "XFRA", "F": "XFRA", "HA": "XFRA", "HE": "XHEL",
    "HK": "XHKG", "HM": "XFRA", "IC": "XICE", "IR": "XDUB", "IS": "XIST", "JK": "XIDX", "JO": "XJSE", "KL": "XKLS",
    "KQ": "XKRX", "KS": "XKRX", "L": "XLON", "LS": "XLIS", "MC": "XMAD", "MI": "XMIL", "MU": "XFRA", "MX": "XMEX",
    "NE": "XTSE", "NS": "XBOM", "NYB": "IEPA", "NZ": "XNZE", "OL": "XOSL", "PA": "XPAR", "PR": "XPRA", "PS": "XPHS",
    "RO": "XBSE", "SA": "BVMF", "SG": "XFRA", "SI": "XSES", "SN": "XSGO", "SR": "XSAU", "SS": "XSHG", "ST": "XSTO",
    "SW": "XSWX", "SZ": "XSHG", "T": "XTKS", "TA": "XTAE", "TL": "XTAL", "TO": "XTSE", "TW": "XTAI", "TWO": "XTAI",
    "V": "XTSE", "VI": "XWBO", "VS": "XLIT", "RG": "XRIS", "WA": "XWAR",
}  # fmt: skip
"""Yahoo's suffixes (help.yahoo.com, SLN2310) to calendar names; exchanges of one country share its calendar."""

OF_YAHOO_CODE: Final = {
    **dict.fromkeys(
        ("NMS", "NGM", "NCM", "NAS", "NIM", "NYQ", "NYS", "PCX", "ASE", "BTS", "CBO", "WCB", "CGI", "SNP", "DJI",
         "PNK", "OTC", "OQB", "OQX", "OEM", "OID", "OBB", "OPR", "NSD", "CXI", "NAE", "YHD"), NEW_YORK),
    **dict.fromkeys(("CME", "CMX", "NYM", "CBT"), FUTURES),
    **dict.fromkeys(("NSI", "BSE"), "XBOM"),
    **dict.fromkeys(("SHH", "SHZ"), "XSHG"),
    **dict.fromkeys(("KSC", "KOE"), "XKRX"),
    **dict.fromkeys(("TAI", "TWO"), "XTAI"),
    **dict.fromkeys(("TOR", "VAN", "CNQ", "NEO"), "XTSE"),
    **dict.fromkeys(("FRA", "STU", "BER", "DUS", "HAM", "HAN", "MUN"), "XFRA"),
    **dict.fromkeys(("LSE", "IOB", "CXE", "AQS", "FGI", "FSI"), "XLON"),
    **dict.fromkeys(("MIL", "TLO", "MDD"), "XMIL"),
    **dict.fromkeys(("JPX", "OSA", "FKA", "SAP"), "XTKS"),
    **dict.fromkeys(("PHS", "PHP"), "XPHS"),
    "BVB": "XBSE", "BVC": "XBOG", "CXA": "XASX", "ENX": "XPAR", "LIT": "XLIT", "RIS": "XRIS", "TAL": "XTAL",
    "AMS": "XAMS", "ASX": "XASX", "ATH": "ASEX", "BRU": "XBRU", "BUD": "XBUD", "BUE": "XBUE", "CCC": CRYPTO,
    "CCY": CURRENCIES, "CPH": "XCSE", "EBS": "XSWX", "EUX": "XETR", "GER": "XETR", "HEL": "XHEL",
    "HKG": "XHKG", "HKS": "XHKG", "ICE": "XICE", "ISE": "XDUB", "IST": "XIST", "JKT": "XIDX", "JNB": "XJSE",
    "KLS": "XKLS", "LIS": "XLIS", "MAD": "XMAD", "MCE": "XMAD", "MEX": "XMEX",
    "NYB": "IEPA", "NZE": "XNZE", "OSL": "XOSL", "PAR": "XPAR", "PRA": "XPRA", "SAO": "BVMF",
    "SAU": "XSAU", "SES": "XSES", "SET": "XBKK", "SGO": "XSGO", "STO": "XSTO", "TLV": "XTAE", "VIE": "XWBO",
    "WSE": "XWAR",
}  # fmt: skip
"""`exchangeName` in Yahoo's chart metadata to calendar names."""

OF_INDEX: Final = {
    "^AEX": "XAMS", "^ATX": "XWBO", "^FTAS": "XLON", "^HSCE": "XHKG", "^IPSA": "XSGO", "^ISEQ": "XDUB", "^KQ11": "XKRX",
    "^MDAXI": "XETR", "^MERV": "XBUE", "^N100": "XPAR", "^NSEBANK": "XBOM", "^OMX": "XSTO", "^OMXC25": "XCSE",
    "^OMXH25": "XHEL", "^OSEAX": "XOSL", "^SDAXI": "XETR", "^STOXX": "XETR", "^TECDAX": "XETR",
    "^AXJO": "XASX", "^AORD": "XASX", "^BFX": "XBRU", "^BSESN": "XBOM", "^BVSP": "BVMF", "^FCHI": "XPAR",
    "^FTSE": "XLON", "^FTMC": "XLON", "^GDAXI": "XETR", "^GSPTSE": "XTSE", "^HSI": "XHKG", "^IBEX": "XMAD",
    "^JKSE": "XIDX", "^KLSE": "XKLS", "^KS11": "XKRX", "^MXX": "XMEX", "^N225": "XTKS", "^NSEI": "XBOM",
    "^NZ50": "XNZE", "^SSMI": "XSWX", "^STI": "XSES", "^STOXX50E": "XETR", "^TWII": "XTAI",
}  # fmt: skip
"""Indices outside the United States; one with a suffix (^TASI.SR) follows that, every other one New York."""

CURRENCY: Final = {
    NEW_YORK: "USD", FUND: "USD", FUTURES: "USD", "IEPA": "USD",
    "XLON": "GBp", "XTKS": "JPY", "XHKG": "HKD", "XTSE": "CAD",
    "XASX": "AUD", "XBOM": "INR", "BVMF": "BRL", "XSWX": "CHF", "XKRX": "KRW", "XSHG": "CNY", "XTAI": "TWD",
    "XSTO": "SEK", "XCSE": "DKK", "XOSL": "NOK", "XWAR": "PLN", "XMEX": "MXN", "XSES": "SGD", "XNZE": "NZD",
    **dict.fromkeys(
        ("XETR", "XFRA", "XPAR", "XAMS", "XBRU", "XLIS", "XMIL", "XMAD", "XHEL", "XDUB", "XWBO", "ASEX"), "EUR"),
}  # fmt: skip
"""What most listings of an exchange are quoted in, for sources that do not name it."""

RATES: Final = frozenset({"^IRX", "^FVX", "^TNX", "^TYX"})
"""Yields of United States treasuries, which are quoted in percent."""
PERCENT: Final = "%"
POINTS: Final = ""
"""The unit of an index: it has no currency."""

_FUND: Final = re.compile(r"[A-Z]{4}X")
"""Mutual funds of the United States: five letters, the last of which is an X."""
_PAIR: Final = re.compile(r"[A-Z0-9]+-(?:USD|EUR|GBP|JPY|CAD|AUD|USDT|BTC)")


def exchange_of(symbol: str) -> str:
    """Calendar name of a normalised symbol, by its spelling: "XNYS" where that names no other."""
    if symbol.startswith("^"):
        return OF_INDEX.get(symbol) or OF_SUFFIX.get(symbol.partition(".")[2], NEW_YORK)
    if symbol.endswith("=X"):
        return CURRENCIES
    if symbol.endswith("=F"):
        return FUTURES
    if _PAIR.fullmatch(symbol):
        return CRYPTO
    if _FUND.fullmatch(symbol):
        return FUND
    suffix = symbol.partition(".")[2]
    return OF_SUFFIX.get(suffix, suffix) if suffix else NEW_YORK


def currency_of(symbol: str) -> str:
    """The currency that a normalised symbol is most likely quoted in; empty where its spelling does not show it.

    An index has none, and a rate is in percent.
    """
    if symbol.startswith("^"):
        return PERCENT if symbol in RATES else POINTS
    exchange = exchange_of(symbol)
    if exchange == CRYPTO:
        return symbol.rpartition("-")[2]
    if exchange == CURRENCIES:
        return symbol.removesuffix("=X")[-3:]
    return CURRENCY.get(exchange, "")


def currency_of_yahoo(currency: str, instrument: str, symbol: str) -> str:
    """The currency that Yahoo names, save for indices and rates: it calls the points of ^GSPC dollars."""
    return currency_of(symbol) if symbol.startswith("^") else POINTS if instrument == "INDEX" else currency


def exchange_of_yahoo(code: str, instrument: str, symbol: str) -> str:
    """Calendar name of Yahoo's exchange code and kind; of the symbol's spelling where the code is not known."""
    exchange = OF_YAHOO_CODE.get(code) or exchange_of(symbol)
    return FUND if instrument == "MUTUALFUND" and exchange == NEW_YORK else exchange
