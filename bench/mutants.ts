// bench: breaks the source in one place at a time and counts which breaks the tests notice (COUNT=60 SEED=1 ROOMS=verify,protocol,crypto; AT=FILE:LINE,... for some of these)
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { Dice } from "../test/simulation/author.js";
import { brokenTree, ROOT } from "./broken-tree.js";

/** A place in the source and what stands there instead. */
interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly was: string;
}

const json = process.argv.includes("--json");
const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));
const count = Number(process.env.COUNT ?? 60);
const seed = Number(process.env.SEED ?? 1);
const rooms = (process.env.ROOMS ?? "verify,protocol,crypto").split(",");

const FLIPPED = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "+"],
]);

/** All mutants of a file: comparisons and connectives turned, conditions negated, early returns left out, flags turned. */
function mutantsOf(file: string): Mutant[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Mutant[] = [];
  const add = (node: ts.Node, replacement: string): void => {
    const [start, end] = [node.getStart(source), node.getEnd()];
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    found.push({ file, line, start, end, text: replacement, was: text.slice(start, end) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    // What an assertion says is for programmers; it holds in every test by design.
    if (ts.isCallExpression(node) && node.expression.getText(source) === "assert") return;
    if (ts.isBinaryExpression(node)) {
      const flipped = FLIPPED.get(node.operatorToken.kind);
      if (flipped !== undefined) add(node.operatorToken, flipped);
    }
    if (ts.isIfStatement(node)) {
      add(node.expression, `!(${node.expression.getText(source)})`);
      if (node.elseStatement === undefined && ts.isReturnStatement(node.thenStatement)) add(node, ";");
    }
    if (ts.isConditionalExpression(node)) add(node.condition, `!(${node.condition.getText(source)})`);
    if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, "false");
    if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, "true");
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function filesOf(room: string): string[] {
  const names = readdirSync(join(ROOT, "src", room), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => `src/${room}/${name}`);
}

/** The tests that are to notice: the file's own, those of its folder, those of other rooms that import it, those of the room. */
function testsOf(file: string): string[][] {
  const room = file.split("/")[1] as string;
  const fast = filesOf(room).filter((each) => each.endsWith(".test.ts") && !each.endsWith(".slow.test.ts"));
  const own = fast.filter((each) => each === file.replace(/\.ts$/, ".test.ts"));
  const near = fast.filter((each) => dirname(each) === dirname(file) && !own.includes(each));
  const far = fast.filter((each) => !own.includes(each) && !near.includes(each));
  const name = `"#${file.slice("src/".length, -".ts".length)}.js"`;
  const elsewhere = TESTS.filter(
    (each) => !fast.includes(each) && readFileSync(join(ROOT, each), "utf8").includes(name),
  );
  return [own, near, elsewhere, far].filter((tests) => tests.length > 0);
}

/** Whether none of the tests notices; the nearest are asked first, and most mutants end there. */
function survives({ file, start, end, text }: Mutant): boolean {
  const change = (sound: string): string => sound.slice(0, start) + text + sound.slice(end);
  return testsOf(file).every((tests) => tree.run([{ file, change }], tests, "quick").alive);
}

/** All fast tests beside their files, and of attacks. */
const TESTS = [...filesOf("../test/attacks").map((each) => each.replace("src/../", "")), ...filesOf(".")]
  .map((each) => each.replace("src/./", "src/"))
  .filter((each) => each.endsWith(".test.ts") && !each.endsWith(".slow.test.ts"));

const dice = new Dice(seed);
const started = performance.now();
const files = rooms.flatMap((room) =>
  filesOf(room).filter(
    (file) => !file.includes(".test.") && !file.includes("/kernel/assembly/") && !file.includes("generated"),
  ),
);
const all = files.sort().flatMap(mutantsOf);
const possible = all.length;
const at = process.env.AT?.split(",");
const chosen = Array.from(
  { length: Math.min(count, all.length) },
  () => all.splice(dice.below(all.length), 1)[0] as Mutant,
).filter(({ file, line }) => at?.includes(`${file}:${line}`) ?? true);
const tree = brokenTree();
const survivors: string[] = [];
try {
  for (const [i, mutant] of chosen.entries()) {
    const alive = survives(mutant);
    const line = `${mutant.file}:${mutant.line}: ${oneLine(mutant.was)} -> ${oneLine(mutant.text)}`;
    if (alive) survivors.push(line);
    say(`${String(i + 1).padStart(4)} of ${chosen.length}  ${alive ? "SURVIVES" : "noticed "}  ${line}`);
  }
} finally {
  tree.remove();
}
const result = {
  rooms,
  seed,
  possible,
  tried: chosen.length,
  noticed: chosen.length - survivors.length,
  score: Number((1 - survivors.length / chosen.length).toFixed(3)),
  survivors,
  seconds: Math.round((performance.now() - started) / 1000),
  machine: `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.version}`,
};
process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`);

function oneLine(text: string): string {
  const plain = text.replace(/\s+/g, " ");
  return plain.length > 70 ? `${plain.slice(0, 67)}...` : plain;
}
