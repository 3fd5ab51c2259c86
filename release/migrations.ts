import * as fs from "node:fs";
import * as path from "node:path";

/** Something in a migration that the version before, or the one after, does not understand. */
export interface MigrationFinding {
  file: string;
  /** From 1. */
  line: number;
  message: string;
}

/** One migration that a release brings, and what it does (S-157). */
export interface Migration {
  file: string;
  /** As its first lines declare it: `-- greenlight: expand`, or `-- greenlight: contract since v1.8.0`. */
  declared: "expand" | "contract" | undefined;
  since?: string;
  statements: number;
  /** What takes something away that the version before may use. */
  contracts: MigrationFinding[];
}

export interface MigrationCheck {
  migrations: Migration[];
  findings: MigrationFinding[];
}

/** A statement in PostgreSQL's own parse tree: one key, its kind, and what stands below. */
type Tree = Record<string, unknown>;
const objectOf = (value: unknown): Tree => (typeof value === "object" && value !== null ? (value as Tree) : {});
const listOf = (value: unknown): Tree[] => (Array.isArray(value) ? value.map(objectOf) : []);

/**
 * Migrations that are new since the version before: each is declared, and does what it declares. An expand only adds, so
 * that the version before goes on working and a rollback needs no step back. A contract takes away what no version that
 * may be deployed again uses: since the version it names, which has to be older than the one before, or that one.
 * @param before names and texts of the migrations at the version before
 * @param released versions that were released, oldest first; the last is the one before
 */
export async function checkMigrations(
  folder: string,
  before: ReadonlyMap<string, string>,
  released: readonly string[],
): Promise<MigrationCheck> {
  const findings: MigrationFinding[] = [];
  const migrations: Migration[] = [];
  const now = new Map(
    (fs.existsSync(folder) ? fs.readdirSync(folder) : [])
      .filter(name => name.endsWith(".sql"))
      .sort()
      .map(name => [name, fs.readFileSync(path.join(folder, name), "utf8")]),
  );
  for (const [file, text] of before) {
    if (!now.has(file))
      findings.push({ file, line: 1, message: "was applied and is gone; need a new migration instead" });
    else if (now.get(file) !== text)
      findings.push({ file, line: 1, message: "was applied and is changed; need a new migration instead" });
  }
  const last = [...before.keys()].sort().at(-1);
  for (const [file, text] of now) {
    if (before.has(file)) continue;
    if (last !== undefined && file < last)
      findings.push({ file, line: 1, message: `comes before ${last}, which was applied; need a later name` });
    const one = await readMigration(file, text);
    if ("fault" in one) {
      findings.push(one.fault);
      continue;
    }
    migrations.push(one);
    findings.push(...judge(one, released));
  }
  return { migrations, findings };
}

function judge(one: Migration, released: readonly string[]): MigrationFinding[] {
  const { file, declared, since, contracts } = one;
  if (declared === undefined)
    return [
      {
        file,
        line: 1,
        message: 'is not declared; need "-- greenlight: expand" or "-- greenlight: contract since <version>"',
      },
    ];
  if (declared === "expand")
    return contracts.map(each => ({
      ...each,
      message: `${each.message}, though it is declared an expand; need a contract of a later release`,
    }));
  if (since === undefined || !released.includes(since))
    return [
      {
        file,
        line: 1,
        message: `is a contract since ${since ?? "no version"}; need one that was released: since then nothing uses what it takes away`,
      },
    ];
  return [];
}

async function readMigration(file: string, text: string): Promise<Migration | { fault: MigrationFinding }> {
  const head = /^--\s*greenlight:\s*(expand|contract)(?:\s+since\s+(\S+))?\s*$/m.exec(text);
  // Loaded only here: it is PostgreSQL's parser, compiled for the web.
  const { parse } = await import("libpg-query");
  let tree: Tree;
  try {
    tree = objectOf(await parse(text));
  } catch (error) {
    const at = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails?.cursorPosition ?? 0;
    return {
      fault: {
        file,
        line: lineAt(Buffer.from(text), at),
        message: `is no SQL of PostgreSQL (${(error as Error).message})`,
      },
    };
  }
  const bytes = Buffer.from(text);
  const statements = listOf(tree.stmts);
  const made = new Set<string>();
  const contracts = statements.flatMap(({ stmt, stmt_location }) => {
    const from = skipBlank(bytes, typeof stmt_location === "number" ? stmt_location : 0);
    return takesAway(objectOf(stmt), made).map(message => ({ file, line: lineAt(bytes, from), message }));
  });
  return {
    ...{ file, declared: head?.[1] as Migration["declared"], statements: statements.length, contracts },
    ...(head?.[2] ? { since: head[2] } : {}),
  };
}

const relation = (value: unknown): string => String(objectOf(value).relname ?? "?");

/** What a statement takes away, in words. @param made tables that this migration made itself: nobody uses them yet */
function takesAway(statement: Tree, made: Set<string>): string[] {
  const [kind, body] = Object.entries(statement)[0] ?? ["", {}];
  const of = objectOf(body);
  switch (kind) {
    case "CreateStmt":
      made.add(relation(of.relation));
      return [];
    case "DropStmt": {
      const what = String(of.removeType ?? "")
        .replace("OBJECT_", "")
        .toLowerCase();
      return ["index", "comment"].includes(what) ? [] : [`drops a ${what.replace("_", " ")}`];
    }
    case "DropdbStmt":
      return ["drops a database"];
    case "TruncateStmt":
      return ["empties a table"];
    case "DeleteStmt":
      return of.whereClause === undefined ? [`deletes every row of ${relation(of.relation)}`] : [];
    case "RenameStmt": {
      const table = relation(of.relation);
      if (made.has(table) || of.renameType === "OBJECT_INDEX") return [];
      const what = String(of.renameType ?? "")
        .replace("OBJECT_", "")
        .toLowerCase();
      return [`renames ${what === "column" ? `${table}.${String(of.subname)}` : `${what} ${table}`}`];
    }
    case "AlterTableStmt": {
      const table = relation(of.relation);
      return made.has(table) ? [] : listOf(of.cmds).flatMap(one => alters(table, objectOf(one.AlterTableCmd)));
    }
    case "AlterEnumStmt":
      return of.oldVal === undefined ? [] : ["renames a value of an enumeration"];
    default:
      return [];
  }
}

function alters(table: string, command: Tree): string[] {
  const column = String(command.name ?? "?");
  switch (command.subtype) {
    case "AT_DropColumn":
      return [`drops ${table}.${column}`];
    case "AT_AlterColumnType":
      return [`changes the type of ${table}.${column}`];
    case "AT_SetNotNull":
      return [`forbids ${table}.${column} to be empty, which the version before may leave`];
    case "AT_DropConstraint":
    case "AT_DropNotNull":
      return [];
    case "AT_ColumnDefault":
      return command.def === undefined ? [`takes the default of ${table}.${column} away`] : [];
    case "AT_AddColumn": {
      const def = objectOf(objectOf(command.def).ColumnDef);
      const kinds = listOf(def.constraints).map(one => objectOf(one.Constraint).contype);
      const filled = kinds.some(kind =>
        ["CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"].includes(String(kind)),
      );
      return kinds.includes("CONSTR_NOTNULL") && !filled
        ? [
            `adds ${table}.${String(def.colname)}, not empty and without a default, which the version before does not fill`,
          ]
        : [];
    }
    case "AT_AddConstraint": {
      const constraint = objectOf(objectOf(command.def).Constraint);
      const name = String(constraint.conname ?? constraint.contype);
      // Rows that break it are let in by the version before until it is checked: not valid is not checked for old rows only.
      return [`adds the constraint ${name} to ${table}, which rows of the version before may break`];
    }
    default:
      return [];
  }
}

const lineAt = (bytes: Buffer, offset: number): number => bytes.subarray(0, offset).toString("utf8").split("\n").length;

/** A statement's place starts at the end of the one before: blanks and remarks in front are passed over. */
function skipBlank(bytes: Buffer, offset: number): number {
  const rest = bytes.subarray(offset).toString("utf8");
  const blank = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(rest)![0];
  return offset + Buffer.byteLength(blank);
}
