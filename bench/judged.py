"""What people type, and which of the official tools they mean: 3 exactly it, 2 good, 1 helps.

Judged by hand from what each tool does. Made-up tools stand for all that is near and not meant; the
bench leaves out those that would be as good an answer.
"""

from __future__ import annotations

Judgments = dict[str, dict[str, int]]

JUDGED: dict[str, Judgments] = {
    "names": {
        "csv-parser": {"csv-parser": 3},
        "CSV Parser": {"csv-parser": 3},
        "lumos/json-api": {"json-api": 3},
        "hash_generator": {"hash-generator": 3},
        "lumos-uuid-generator": {"uuid-generator": 3},
        "datetime": {"datetime": 3},
        "url_validator": {"url-validator": 3},
        "excelReader": {"excel-reader": 3},
    },
    "tasks": {
        "parse csv": {"csv-parser": 3},
        "csv parsing": {"csv-parser": 3},
        "http get json api": {"json-api": 3, "http-request": 2},
        "make a uuid": {"uuid-generator": 3},
        "hash a string sha256": {"hash-generator": 3},
        "read an excel file": {"excel-reader": 3, "file-reader": 1},
        "read xlsx spreadsheet": {"excel-reader": 3},
        "validate a url": {"url-validator": 3},
        "is this link valid": {"url-validator": 3},
        "shift a date across daylight saving": {"datetime": 3},
        "add days to a date": {"datetime": 3},
        "mean and median of numbers": {"statistics": 3},
        "standard deviation": {"statistics": 3},
        "evaluate a math expression": {"calculator": 3},
        "send an http request": {"http-request": 3, "json-api": 1},
        "call a rest api with a bearer token": {"json-api": 3, "http-request": 1},
        "jsonpath query": {"json-parser": 3},
        "pick values from json by path": {"json-parser": 3},
        "read a text file": {"file-reader": 3},
        "generate random guid": {"uuid-generator": 3},
        "checksum of a text": {"hash-generator": 3},
        "what time is it": {"datetime": 3},
        "how do i parse a tsv table with quotes": {"csv-parser": 3},
        "tool that can compute sqrt with 50 digits": {"calculator": 3},
    },
    "typos": {
        "exel reader": {"excel-reader": 3},
        "calculater": {"calculator": 3},
        "json paresr": {"json-parser": 3},
        "uiud generator": {"uuid-generator": 3},
        "statistcs": {"statistics": 3},
        "http reqest": {"http-request": 3},
        "url validater": {"url-validator": 3},
        "hahs generator": {"hash-generator": 3},
        "csv prser": {"csv-parser": 3},
        "spredsheet": {"excel-reader": 3},
    },
    "half typed": {
        "calcu": {"calculator": 3},
        "stati": {"statistics": 3},
        "uui": {"uuid-generator": 3},
        "excel re": {"excel-reader": 3},
        "json a": {"json-api": 3},
    },
    "categories and permissions": {
        "crypto": {"hash-generator": 3},
        "math": {"calculator": 3, "statistics": 3},
        "file-read": {"file-reader": 3, "excel-reader": 3},
        "network": {"http-request": 3, "json-api": 3},
        "system": {"datetime": 3},
    },
    "words run together or apart": {
        "date time": {"datetime": 3},
        "excelreader": {"excel-reader": 3},
        "jsonparser": {"json-parser": 3},
        "file reader": {"file-reader": 3},
        "sha-256": {"hash-generator": 3},
    },
    "nothing of ours": {
        "xqzvw jjkqq": {},
        "数独": {},
    },
}
