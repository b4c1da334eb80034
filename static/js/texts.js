// The catalogue's texts that a page of the desk carries, in words; and the greatest figure that the server takes.
import { text } from "./format.js";

export const setup = JSON.parse(document.getElementById("desk-texts").textContent);

export const most = setup.most;
export const wordsOf = (code, args = {}) => text(code, args, setup);
