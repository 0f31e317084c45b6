#!/usr/bin/env python3
"""Compares Penstock's rules with another linter's own test cases.

    lint.py PENSTOCK CASES.json MAPPING.md [-v]

CASES.json is a list of {"name", "rule", "expect": "clean" | "finding" | "fixable", "sql", "in_transaction", "pg"};
MAPPING.md is docs/rules/mapping.md, whose section `squawk` says which rules of ours stand for one of theirs. A case
agrees when one of those rules speaks exactly where the other linter does. Rules of theirs without one of ours are
counted apart.
"""

import collections, json, os, re, subprocess, sys, tempfile


def mapping(path):
    section = open(path).read().split("## squawk", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| ([a-z0-9-]+) \| (.*) \|$", section, re.M)
    return {name: re.findall(r"\[([a-z0-9-]+)\]", ours) for name, ours in rows}


def findings(penstock, folder, sql):
    path = os.path.join(folder, "migrations", "20260102030405_case.sql")
    with open(path, "w") as file:
        file.write(sql)
    answer = subprocess.run(
        [penstock, "validate", "-C", folder, "--format", "json", "--fail-on", "off", path],
        capture_output=True, text=True)
    try:
        return [finding["rule"] for finding in json.loads(answer.stdout)["findings"]]
    except json.JSONDecodeError:
        sys.exit(f"no answer: {answer.stderr}")


def main():
    penstock, cases, names = os.path.abspath(sys.argv[1]), json.load(open(sys.argv[2])), mapping(sys.argv[3])
    verbose = "-v" in sys.argv
    agreed, total, without = collections.Counter(), collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "migrations"))
        subprocess.run(["git", "init", "-q", folder], check=True)
        off = ["require-lock-timeout", "require-statement-timeout", "require-idle-in-tx-timeout", "compat-pack", "require-column-comment"]
        with open(os.path.join(folder, "penstock.yaml"), "w") as file:
            file.write("lint:\n  profile: postgres\n  rules:\n" + "".join(f"    {rule}: advice\n" for rule in off))
        for case in cases:
            ours = names.get(case["rule"])
            if not ours:
                without[case["rule"]] += 1
                continue
            found = findings(penstock, folder, case["sql"])
            speaks = any(rule in ours for rule in found)
            total[case["rule"]] += 1
            if speaks == (case["expect"] != "clean"):
                agreed[case["rule"]] += 1
            elif verbose:
                print(f"-- {case['name']}: they {case['expect']}, we {'speak' if speaks else 'do not'}"
                      f" (transaction assumed: {case['in_transaction']}, version {case['pg']})\n{case['sql'].strip()}\n")
    for rule in sorted(total):
        print(f"{agreed[rule]:4} of {total[rule]:4}  {rule} = {', '.join(names[rule])}")
    print(f"{sum(agreed.values())} of {sum(total.values())} agree; {sum(without.values())} cases of rules that we do not"
          f" have: {', '.join(sorted(without)) or 'none'}")


main()
