import { assertEquals } from "@std/assert";
import { within } from "../tests/support/waiting.ts";
import { type Conversation, Questions, yesOrNo } from "./question.ts";

const encoder = new TextEncoder();

/** Somebody who says these pieces, one after the other. */
function somebody(...pieces: string[]): Conversation & { shown: string[] } {
  const shown: string[] = [];
  return {
    shown,
    show: (question) => void shown.push(question),
    answers: ReadableStream.from(pieces.map((piece) => encoder.encode(piece))),
  };
}

Deno.test("Questions asks one after the other, and again until the answer can be read", async () => {
  const person = somebody("maybe\n\nY", "es\r\nn\n");
  const questions = new Questions(person);
  const answers = [questions.ask("one? ", yesOrNo), questions.ask("two? ", yesOrNo)];
  assertEquals(await within(Promise.all(answers)), [true, false]);
  assertEquals(person.shown, ["one? ", "one? ", "one? ", "two? "]);
  assertEquals(questions.isOver, false);
});

Deno.test("Questions gets nothing from somebody who is gone", async () => {
  const questions = new Questions(somebody("y"));
  assertEquals(await within(questions.ask("one? ", yesOrNo)), undefined);
  assertEquals(await within(questions.ask("two? ", yesOrNo)), undefined);
  assertEquals(questions.isOver, true);
});

Deno.test("yesOrNo reads an answer to a yes-or-no question", () => {
  for (const yes of ["y", "Y", "yes", "YES"]) assertEquals(yesOrNo(yes), true);
  for (const no of ["n", "N", "no"]) assertEquals(yesOrNo(no), false);
  for (const neither of ["", "ja", "yy", "1"]) assertEquals(yesOrNo(neither), undefined);
});
