"""Page and artifacts in, a verdict with its evidence out.

Words, one for a thing:

- A *rule* demands something in a sentence, and judges by it (`rules`). Rules stand in tables: of a
  page (`verify_check.table`), of a run's folder (`run_check.report`), of a pack that is to be
  accepted (`accept.suite`, where a rule is called a *step*).
- A *finding* is what a rule found of one thing; a *check* is its entry in a report.
- A *verdict* is how it ended: *pass*, *fail* or *not-applicable* of a rule, *passed* or *failed*
  of all.
- A *verification* is a page that was played (`verify`). What the page said of itself are its
  *answers*; the files that are left of it are the *evidence*, of which anybody's can be judged.
- A *statistic* is what a runtime's log tells (`stats`), with a verdict.
"""
