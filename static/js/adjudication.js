// What came back from adjudication, added up while it is typed: papers returned against the doubtful papers of the sheet.
//
// form[data-adjudication]  the doubtful papers, or empty where the sheet is not read to the end
//     [data-seats]         a block vote: its papers are the valid ones and those rejected, and not the sum of votes
//     [data-in-part]       fields of papers rejected in part, which are valid papers
// Rejections that were objected to ([data-objections]) are among those rejected, and in no sum.
import { readFigure } from "./figures.js";
import { most, wordsOf } from "./texts.js";

const valueOf = (input) => {
  const { empty, wrong, value } = readFigure(input.value, most);
  return { value: empty || wrong ? 0 : value, wrong: empty ? "" : wrong };
};

const isOfPaper = (form, input) => {
  if ((form.dataset.inPart || "").split(" ").includes(input.name)) return false;
  return !("seats" in form.dataset) || input.name === "valid_papers" || input.name.startsWith("rejected-");
};

const tooManyObjections = (form) => [...form.querySelectorAll("[data-objections]")].some((input) => {
  const rejected = form.querySelector(`input[name="${input.name.replace("objections-", "rejected-")}"]`);
  return valueOf(input).value > valueOf(rejected).value;
});

// The words for the bar, and their state; static/js/count.js shows them.
export const adjudicationSum = (form) => {
  let returned = 0;
  for (const input of form.querySelectorAll("[data-figure], [data-objections]")) {
    const { value, wrong } = valueOf(input);
    if (wrong) return { words: [wordsOf("sum.check", { field: input.dataset.name, wrong })], state: "wrong" };
    if ("figure" in input.dataset && isOfPaper(form, input)) returned += value;
  }
  const objections = tooManyObjections(form) ? [wordsOf("sum.objections")] : [];
  if (form.dataset.adjudication === "") {
    return { words: [wordsOf("sum.returned_unknown", { returned }), ...objections], state: objections.length ? "wrong" : "open" };
  }
  const papers = Number(form.dataset.adjudication);
  const left = papers - returned;
  const code = left > 0 ? "sum.still_out" : left < 0 ? "sum.too_many_back" : "sum.all_back";
  const words = [wordsOf("sum.returned", { returned, papers }), wordsOf(code, { papers: Math.abs(left) }), ...objections];
  if (left < 0 || objections.length) return { words, state: "wrong" };
  return { words, state: left ? "open" : "good" };
};
