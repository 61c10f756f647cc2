/**
 * A small agent in shell that speaks box-sse-v1. What it does hangs on what it is asked: the first
 * scenario whose name is in the first line of the prompt. Scenarios may use `say WORDS` and
 * `finish WORDS`; without `finish` they end with one of their own.
 */
export function agentScript(scenarios: Record<string, string>): string {
  const cases = Object.entries(scenarios).map(
    ([name, script]) => `*'${name}'*)\n${script}\nfinish 'Did ${name}'\n;;`,
  );
  return `prompt=$2
task=$(printf '%s\\n' "$prompt" | head -n 1)
say() { printf 'event: text\\ndata: {"text":"%s\\\\n"}\\n\\n' "$1"; }
finish() {
  printf 'event: done\\ndata: {"output":"%s","input_tokens":1200,"output_tokens":34,"total_cost_usd":0.02}\\n\\n' "$1"
  exit 0
}
case "$task" in
${cases.join("\n")}
esac
finish 'I was not told what that means.'
`;
}
