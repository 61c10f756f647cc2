import { randomInt } from "node:crypto";

const ADJECTIVES =
  "amber bold brave brisk calm clear clever crisp eager early fair fleet fresh gentle glad golden keen kind lively lucky mellow merry mild neat noble plain proud quick quiet ready right royal sharp silent silver smart solid steady sunny swift tidy true vivid warm wise witty young".split(
    " ",
  );
const ANIMALS =
  "badger beaver bison crane dolphin eagle egret falcon ferret finch flamingo fox gecko gull hare hawk heron ibex jay kestrel koala lark lemur lion lynx marten mole moose newt orca osprey otter owl panda pelican plover puffin quail raven robin seal shrew sparrow stork swan tapir tern toad trout wasp weasel whale wren yak".split(
    " ",
  );

/** A new box id as people know them: `right-flamingo-14486`. Unique with the caller's check. */
export function newBoxId(): string {
  const pick = (words: readonly string[]) => words[randomInt(words.length)];
  return `${pick(ADJECTIVES)}-${pick(ANIMALS)}-${String(randomInt(100_000)).padStart(5, "0")}`;
}
