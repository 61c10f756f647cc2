/** Lines as the real programs print them; ids shortened, fields that nobody reads left out. */
export const CLAUDE_CODE: readonly object[] = [
  { type: "system", subtype: "ui_invalidate", event: "ui.render", session_id: "s1" },
  {
    type: "system",
    subtype: "init",
    cwd: "/r",
    session_id: "s1",
    tools: ["Bash"],
    mcp_servers: [],
    model: "m",
  },
  {
    type: "system",
    subtype: "hook_started",
    hook_id: "h",
    hook_name: "SessionStart:startup",
    session_id: "s1",
  },
  {
    type: "system",
    subtype: "hook_response",
    hook_id: "h",
    output: "",
    exit_code: 0,
    session_id: "s1",
  },
  { type: "system", subtype: "status", status: "requesting", session_id: "s1" },
  { type: "system", subtype: "thinking_tokens", estimated_tokens: 2, session_id: "s1" },
  {
    type: "system",
    subtype: "api_retry",
    attempt: 1,
    max_retries: 2,
    error_status: 429,
    session_id: "s1",
  },
  {
    type: "stream_event",
    event: { type: "message_start", message: { id: "msg_1", content: [] } },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "stream_event",
    event: {
      type: "content_block_start",
      index: 0,
      content_block: { type: "thinking", thinking: "" },
    },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "stream_event",
    event: {
      type: "content_block_delta",
      index: 0,
      delta: { type: "thinking_delta", thinking: "Hm" },
    },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "stream_event",
    event: {
      type: "content_block_delta",
      index: 0,
      delta: { type: "signature_delta", signature: "x" },
    },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "stream_event",
    event: { type: "content_block_stop", index: 0 },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "stream_event",
    event: {
      type: "content_block_delta",
      index: 1,
      delta: { type: "text_delta", text: "I will " },
    },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "stream_event",
    event: { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "write" } },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "assistant",
    message: {
      id: "msg_1",
      model: "m",
      content: [{ type: "thinking", thinking: "Hm", signature: "x" }],
    },
    parent_tool_use_id: null,
    session_id: "s1",
  },
  {
    type: "assistant",
    message: { id: "msg_1", model: "m", content: [{ type: "text", text: "I will write" }] },
    parent_tool_use_id: null,
    session_id: "s1",
  },
  {
    type: "assistant",
    message: {
      id: "msg_1",
      model: "m",
      content: [
        {
          type: "tool_use",
          id: "toolu_1",
          name: "Write",
          input: { file_path: "/r/a", content: "x" },
        },
      ],
    },
    parent_tool_use_id: null,
    session_id: "s1",
  },
  {
    type: "stream_event",
    event: { type: "message_delta", delta: { stop_reason: "tool_use" } },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "stream_event",
    event: { type: "message_stop" },
    session_id: "s1",
    parent_tool_use_id: null,
  },
  {
    type: "user",
    message: {
      role: "user",
      content: [{ tool_use_id: "toolu_1", type: "tool_result", content: "File created" }],
    },
    parent_tool_use_id: null,
    session_id: "s1",
  },
  {
    type: "assistant",
    message: {
      id: "msg_2",
      model: "m",
      content: [{ type: "tool_use", id: "toolu_2", name: "Task", input: {} }],
    },
    parent_tool_use_id: null,
    session_id: "s1",
  },
  {
    type: "assistant",
    message: {
      id: "msg_3",
      model: "m",
      content: [
        { type: "text", text: "a helper's words" },
        { type: "tool_use", id: "toolu_3", name: "Bash", input: { command: "ls" } },
      ],
    },
    parent_tool_use_id: "toolu_2",
    session_id: "s1",
  },
  {
    type: "user",
    message: {
      role: "user",
      content: [
        {
          tool_use_id: "toolu_3",
          type: "tool_result",
          content: [
            { type: "text", text: "a" },
            { type: "image", source: {} },
          ],
          is_error: true,
        },
      ],
    },
    parent_tool_use_id: "toolu_2",
    session_id: "s1",
  },
  {
    type: "user",
    message: { role: "user", content: "<local-command-stdout>Set model</local-command-stdout>" },
    session_id: "s1",
    isReplay: true,
  },
  { type: "prompt_suggestion", suggestion: "run the tests", session_id: "s1" },
  { type: "control_response", response: { subtype: "success", request_id: "r1" } },
  {
    duration_ms: 736,
    is_error: false,
    terminal_reason: "completed",
    num_turns: 2,
    subtype: "success",
    result: "Done",
    session_id: "s1",
    total_cost_usd: 0.001,
    type: "result",
    usage: {},
  },
];

export const CODEX: readonly object[] = [
  { type: "thread.started", thread_id: "t1" },
  {
    type: "item.completed",
    item: { id: "item_0", type: "error", message: "Model metadata for `m` not found." },
  },
  { type: "turn.started" },
  { type: "item.completed", item: { id: "item_1", type: "reasoning", text: "Hm" } },
  { type: "item.completed", item: { id: "item_2", type: "agent_message", text: "I will write" } },
  {
    type: "item.started",
    item: {
      id: "item_3",
      type: "command_execution",
      command: "/bin/bash -lc false",
      aggregated_output: "",
      exit_code: null,
      status: "in_progress",
    },
  },
  {
    type: "item.completed",
    item: {
      id: "item_3",
      type: "command_execution",
      command: "/bin/bash -lc false",
      aggregated_output: "out",
      exit_code: 1,
      status: "failed",
    },
  },
  {
    type: "item.started",
    item: {
      id: "item_4",
      type: "file_change",
      changes: [{ path: "/r/a", kind: "add" }],
      status: "in_progress",
    },
  },
  {
    type: "item.completed",
    item: {
      id: "item_4",
      type: "file_change",
      changes: [{ path: "/r/a", kind: "add" }],
      status: "completed",
    },
  },
  {
    type: "item.started",
    item: {
      id: "item_5",
      type: "mcp_tool_call",
      server: "srv",
      tool: "say",
      arguments: { words: "hi" },
      result: null,
      error: null,
      status: "in_progress",
    },
  },
  {
    type: "item.completed",
    item: {
      id: "item_5",
      type: "mcp_tool_call",
      server: "srv",
      tool: "say",
      arguments: { words: "hi" },
      result: { content: [{ type: "text", text: "pong" }] },
      error: null,
      status: "completed",
    },
  },
  {
    type: "item.completed",
    item: {
      id: "item_6",
      type: "mcp_tool_call",
      server: "srv",
      tool: "say",
      arguments: {},
      result: null,
      error: { message: "gone" },
      status: "failed",
    },
  },
  {
    type: "item.completed",
    item: { id: "item_7", type: "web_search", query: "x", status: "completed" },
  },
  { type: "item.updated", item: { id: "item_8", type: "todo_list", items: [] } },
  { type: "error", message: "Reconnecting... 1/2 (stream disconnected)" },
  { type: "item.completed", item: { id: "item_9", type: "agent_message", text: "Done" } },
  {
    type: "turn.completed",
    usage: { input_tokens: 200, cached_input_tokens: 100, output_tokens: 40 },
  },
];

export const OPENCODE: readonly object[] = [
  { type: "step_start", sessionID: "ses_1", part: { type: "step-start" } },
  { type: "reasoning", sessionID: "ses_1", part: { type: "reasoning", text: "Hm" } },
  { type: "text", sessionID: "ses_1", part: { type: "text", text: "I will write" } },
  {
    type: "tool_use",
    sessionID: "ses_1",
    part: {
      type: "tool",
      tool: "write",
      callID: "call_1",
      state: {
        status: "completed",
        input: { filePath: "/r/a" },
        output: "Wrote file",
        metadata: { exists: false },
      },
    },
  },
  {
    type: "tool_use",
    sessionID: "ses_1",
    part: {
      type: "tool",
      tool: "bash",
      callID: "call_2",
      state: {
        status: "completed",
        input: { command: "false" },
        output: "(no output)",
        metadata: { exit: 1 },
      },
    },
  },
  {
    type: "tool_use",
    sessionID: "ses_1",
    part: {
      type: "tool",
      tool: "edit",
      callID: "call_3",
      state: { status: "error", input: {}, error: "File not found" },
    },
  },
  {
    type: "step_finish",
    sessionID: "ses_1",
    part: { reason: "tool-calls", tokens: { input: 50, output: 20 }, cost: 0.1 },
  },
  { type: "step_start", sessionID: "ses_1", part: { type: "step-start" } },
  { type: "text", sessionID: "ses_1", part: { type: "text", text: "Done" } },
  {
    type: "step_finish",
    sessionID: "ses_1",
    part: { reason: "stop", tokens: { input: 50, output: 20 }, cost: 0.1 },
  },
];
