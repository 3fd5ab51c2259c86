/** What people call things, in English, simplified and traditional Chinese: names of fields, and words for states. */

export type Concept =
  | "approver"
  | "author"
  | "commit"
  | "duration"
  | "ended"
  | "environment"
  | "failed"
  | "name"
  | "owner"
  | "passed"
  | "priority"
  | "rate"
  | "samples"
  | "score"
  | "skipped"
  | "started"
  | "state"
  | "total";

/** Names in the order they are tried; a name is compared whole, in small letters, with its separators as spaces. */
const concepts: [Concept, RegExp][] = [
  ["rate", /^((pass|success|completion) ?(rate|ratio|percent(age)?)|pass %|通过率|通過率|成功率|完成率|比率|百分比)$/],
  [
    "passed",
    /^(passed|pass|passes|success(es|ful)?|succeeded|ok|passed (tests|count)|num passed tests|通过(数|数量)?|通過(數|數量)?|成功(数|數)?)$/,
  ],
  ["failed", /^(failed|fail|fails|failures?|num failed tests|unexpected|失败(数|数量)?|失敗(數|數量)?)$/],
  ["skipped", /^(skipped|skips|pending|ignored|disabled|todo|跳过|跳過|略过|略過)$/],
  [
    "total",
    /^(total|totals|count|tests|num total tests|total (tests|count|requests)|sum|总数|總數|总计|總計|合计|合計|总数量|总用例数)$/,
  ],
  ["samples", /^(samples?|sample (size|count)|requests|n|iterations|样本(数|量)?|樣本(數|量)?|请求数|請求數)$/],
  ["started", /^(started?( at| time)?|begin|began|start date|startdate|开始(时间)?|開始(時間)?|起始时间)$/],
  ["ended", /^(ended|end|finish(ed)?|stop(ped)?|completed)( at| time)?$|^(结束(时间)?|結束(時間)?|完成时间|完成時間)$/],
  [
    "duration",
    /^(duration|elapsed|took|total time|duration (ms|s|sec|seconds|min|minutes)|耗时|耗時|时长|時長|用时|用時|持续时间|持續時間)(ms|s)?$/,
  ],
  [
    "author",
    /^(author|requested by|requester|created by|submitter|proposer|作者|提交人|申请人|申請人|发起人|發起人|编写人)$/,
  ],
  [
    "approver",
    /^(approver|approved by|reviewer|reviewed by|sign(ed)? ?off( by)?|批准人|审批人|審批人|审核人|審核人|核准人|复核人)$/,
  ],
  [
    "owner",
    /^(owner|assignee|assigned to|responsible|contact|负责人|負責人|责任人|責任人|owner role|担当|联系人|聯絡人)$/,
  ],
  ["priority", /^(priority|prio|优先级|優先級|优先级别)$/],
  ["commit", /^(commit( sha| id| hash)?|sha|git sha|revision|git commit|提交|提交号|提交哈希|commit 值)$/],
  ["score", /^(score|points|得分|评分|評分|分数|分數)$/],
  ["state", /^(state|status|result|outcome|verdict|状态|狀態|结果|結果|结论|結論)$/],
  ["environment", /^(environment|env|stage|stack|phase|run|attempt|version|build|环境|環境|阶段|階段|版本)$/],
  [
    "name",
    /^(name|title|test|test name|case|item|check|evidence|file|source|gate|证据|證據|名称|名稱|项目|項目|检查项|檢查項|测试|測試|测试项|文件|来源|來源|用例)$/,
  ],
];

const known = new Map<string, Concept | undefined>();

/** What a field's name means, where it is a name that people use for something. */
export function conceptOf(name: string): Concept | undefined {
  if (known.has(name)) return known.get(name);
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[_\-./:*#：]+/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
  const found = words.length <= 40 ? concepts.find(([, pattern]) => pattern.test(words))?.[0] : undefined;
  if (known.size < 10_000) known.set(name, found);
  return found;
}

export type State = "pass" | "fail" | "open";

const icons: [State, RegExp][] = [
  ["pass", /[✅✔☑🟢]|:white_check_mark:/u],
  ["fail", /[❌✖✗✘🔴⛔🚫]|:x:/u],
  ["open", /[⚠🟡⏳🚧⏸]|:warning:/u],
];

const stateWords: [State, RegExp][] = [
  [
    "fail",
    /^(failed|failure|fail|error|errored|broken|unhealthy|no-?go|not met|red|失败|失敗|未通过|未通過|不通过|不通過|异常|異常|不健康|不达标|不達標)$/,
  ],
  [
    "pass",
    /^(passed|pass|ok|success|successful|succeeded|green|done|met|healthy|go|complete|completed|true|通过|通過|成功|完成|已完成|达标|達標|健康|就绪|就緒|正常)$/,
  ],
  [
    "open",
    /^(pending|open|conditional|unknown|to ?do|in progress|needs re-?verification|yellow|skipped|待定|待验证|待驗證|进行中|進行中|需复验|需重新验证|部分|部分成功|未知)$/,
  ],
];

/** The state an icon shows, where exactly one kind of icon is there. */
export function iconState(text: string): State | undefined {
  const found = icons.filter(([, pattern]) => pattern.test(text)).map(([state]) => state);
  return found.length === 1 ? found[0] : undefined;
}

/** The state that words say, where the text is a state and nothing else. */
export function wordState(text: string): State | undefined {
  if (text.length > 80) return undefined;
  const words = text
    .replace(/[\p{Extended_Pictographic}\ufe0f]/gu, "")
    .replace(/[*_`:：。.!！]/g, "")
    .trim()
    .toLowerCase();
  return stateWords.find(([, pattern]) => pattern.test(words))?.[0];
}

/** The state a cell shows, by its words or by its icon where it says nothing in words. */
export const stateOf = (text: string): State | undefined => wordState(text) ?? iconState(text);

/** Names that are nobody's. */
export const isNobody = (text: string): boolean =>
  text.length <= 40 &&
  /^(tbd|todo|none!?|n\/?a|nobody|unassigned|not assigned|unknown|-+|—+|\?+|待定|待分配|未分配|未指派|未指定|暂无|暫無|无|無|空缺)$/i.test(
    text.replace(/[*_`（）()]/g, "").trim(),
  );

/** Levels in words, highest first. */
const levels: [string, RegExp][] = [
  ["critical", /\bcritical\b|严重|嚴重|致命/i],
  ["medium-high", /medium[- ]high|中高/i],
  ["high", /\bhigh\b|高/i],
  ["medium", /\bmedium\b|\bmoderate\b|中/i],
  ["low", /\blow\b|低/i],
];

export const levelIn = (text: string): string | undefined => levels.find(([, pattern]) => pattern.test(text))?.[0];

/** Whether somebody says that something was made up, and not that it was not. */
export function saysSimulated(text: string): boolean {
  const plain = text
    .slice(0, 2_000)
    .replace(/(not|never|un|no|非|未|不是|没有|沒有)[\s-]*(simulat\w*|mock\w*|模拟|模擬)/gi, "");
  return /\b(simulat(ed|ion|e)|mock(ed)?|dry[- ]?run|fake(d)?|stub(bed)?|synthetic)\b|模拟|模擬|仿真|桩数据/i.test(
    plain,
  );
}
