import { inlineWords } from "../inline-words.ts";
import { OPTION_NAMES } from "../trigger/parse-options.ts";

/**
 * The answer to `/box help`, and to a command that was not understood.
 *
 * @param because - What was wrong with the command, as a clause; none when help was asked for.
 */
export function helpComment(because?: string): string {
  const sentence = inlineWords(because ?? "");
  const reason = sentence === "" ? "" : `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.\n\n`;
  return `${reason}${HELP}`;
}

const HELP = `Start a comment with one of these:

- \`/box fix the failing test\`: an agent works on it in a box, the tests are run, the change is pushed
- \`/box run npm run format\`: runs this command in a box and pushes what it changed
- \`/box add a test for the empty list\`: anything else is a task for the agent; more lines may follow
- \`/box ask where the tests are\`: is answered in a comment; nothing is changed
- \`/box review\`, \`/box review the locking\`: reads the pull request's changes and says what is wrong, on its lines
- \`/box plan a second cache\`: a plan, which \`/box approve\` has carried out
- \`/box continue and add a test\`: goes on with the last work, in the same box and conversation
- \`/box retry\`: asks again for what failed last in this thread
- \`/box status\`: how it stands with the jobs of this thread
- \`/box cancel\`: ends the jobs of this thread, those that wait too
- \`/box help\`: this

Options go with any of them: ${OPTION_NAMES}, such as \`/box fix --budget 2 the failing test\`.

The command has to be at the very start of the comment, one to a comment. Who has write access may ask.`;
