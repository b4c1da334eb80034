// The two balances of a block vote's sheet, while it is typed: its papers, and the votes of its valid papers. The same
// choices as results/rules/votes.py, so that nothing is shown as good that the server will not let stand.
import { wordsOf } from "./texts.js";

const votesGap = (missing, complete) => {
  if (missing === 0) return { code: "gap.no_votes" };
  const said = { code: missing > 0 ? "gap.votes_missing" : "gap.votes_too_many", args: { votes: Math.abs(missing) } };
  return complete && missing % 9 === 0 ? { code: "gap.digits_swapped", args: { gap: said } } : said;
};

const named = (form, test) => [...form.querySelectorAll("[data-figure]")].filter((input) => test(input.name));

// What cannot be right though both sums balance; said of a whole sheet only.
const doubtsOf = (form, sum, { votes, valid, unused, inPart }) => {
  const over = named(form, (name) => name.startsWith("votes-")).filter((input) => sum([input]).total > valid);
  const doubts = over.map((input) => wordsOf("sum.over_valid", { field: input.dataset.name }));
  if (votes < valid) doubts.push(wordsOf("sum.fewer_votes"));
  if (inPart > Math.min(valid, unused)) doubts.push(wordsOf("sum.in_part"));
  return doubts;
};

// {accounted} papers, the {words} of the votes' balance, and whether it is {good}. `sum` adds inputs up.
export const blockVote = (form, sum, complete) => {
  const partly = form.dataset.inPart.split(" ");
  const total = (test) => sum(named(form, test)).total;
  const votes = total((name) => name.startsWith("votes-"));
  const unused = total((name) => name === "unused_votes");
  const valid = total((name) => name === "valid_papers");
  const inPart = total((name) => partly.includes(name));
  const rejected = total((name) => name.startsWith("rejected-") && !partly.includes(name));
  const all = Number(form.dataset.seats) * valid;
  const { code, args } = votesGap(all - votes - unused, complete);
  const doubts = complete ? doubtsOf(form, sum, { votes, valid, unused, inPart }) : [];
  return {
    accounted: valid + rejected + total((name) => name === "doubtful"),
    words: [wordsOf("sum.votes", { votes, unused, all }), wordsOf(code, args), ...doubts],
    good: all === votes + unused && doubts.length === 0,
  };
};
