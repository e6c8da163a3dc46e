/** Writes the page's user-visible strings as JSON lines; with --names or --docstrings, those (of tests too with --tests). */
import path from "node:path";
import process from "node:process";
import ts from "typescript";

const FRONTEND = path.resolve(import.meta.dirname, "..");
const REPOSITORY = path.dirname(FRONTEND);
const has = (option) => process.argv.includes(option);

const { options, fileNames } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(path.join(FRONTEND, "tsconfig.json"), ts.sys.readFile).config,
  ts.sys,
  FRONTEND,
);
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();

/** Attributes and properties that a person reads or hears. */
const VISIBLE = new Set(["aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "alt", "label"]);
for (const name of ["title", "placeholder", "help", "text", "hint", "content", "message"]) VISIBLE.add(name);
/** Calls whose first or second argument names what is set. */
const SETTERS = new Set(["attr", "property", "style", "classed", "setAttribute", "dispatch", "setProperty"]);
/** Calls that take selectors, tags, keys, addresses or formats. */
const HIDDEN =
  /^(ensure\w*|select|selectAll|append|insert|on|get|GET|POST|PUT|PATCH|DELETE|querySelector\w*|closest|matches|getElementById|createElement\w*|addEventListener|removeEventListener|getItem|setItem|removeItem|has|includes|startsWith|endsWith|split|join|replace\w*|test|format|getPropertyValue|whenDefined|raise|lower|drag|RegExp|URL|ResizeObserver|Set|fetch|param)$/;
const HIDDEN_KEYS =
  /^(kind|type|value|name|id|class|className|testid|step|href|path|mode|pattern|unit|keys|symbol|icon)$/;

const calledName = ({ expression }) =>
  ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();

/** Whether the string at `node` names something for the program; decided by what is around it. */
function isHidden(node) {
  for (let child = node, { parent } = node; parent; child = parent, parent = parent.parent) {
    if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent)) return true;
    if (ts.isElementAccessExpression(parent) && parent.argumentExpression === child) return true;
    if (ts.isCaseClause(parent) && parent.expression === child) return true;
    if (ts.isBinaryExpression(parent) && /^[=!]==$|^(in|<|>)$/.test(parent.operatorToken.getText())) return true;
    if (ts.isConditionalExpression(parent) && parent.condition === child) return true;
    if (ts.isPropertyAssignment(parent)) {
      if (parent.name === child || HIDDEN_KEYS.test(parent.name.getText())) return true;
      if (VISIBLE.has(parent.name.getText().replace(/"/g, ""))) return false;
    }
    if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== child) {
      const name = calledName(parent);
      if (SETTERS.has(name)) return parent.arguments[0] === child || !VISIBLE.has(parent.arguments[0].text);
      return HIDDEN.test(name);
    }
    if (ts.isStatement(parent) || ts.isArrowFunction(parent)) return false;
  }
  return false;
}

/** Whether the type expected at `node` is a choice of fixed strings, not free text. */
function isChoice(node) {
  const type = checker.getContextualType(node);
  const types = type === undefined ? [] : type.isUnion() ? type.types : [type];
  return types.some((member) => member.isStringLiteral());
}

/** Whether a single word is put into a sentence, text or label, or stands in a list of texts. */
function isWord(node) {
  for (let { parent } = node; parent && !ts.isStatement(parent); parent = parent.parent) {
    if (ts.isTemplateSpan(parent)) return true;
    if (ts.isPropertyAssignment(parent) && VISIBLE.has(parent.name.getText())) return true;
    if (ts.isCallExpression(parent)) return calledName(parent) === "text" || SETTERS.has(calledName(parent));
  }
  return true;
}

/** Words, a capitalised word, or one that stands as text. */
function isText(text, node) {
  const words = text.replaceAll("{…}", " ");
  if (
    !/[A-Za-z]{2}/.test(words) ||
    /^(https?:|\/|#|M ?-?\d|[.\w-]*--|var\(|rgb|calc|@|\(prefers|width=)|[<>{}\\]|^\S+\(.*\)$/.test(words)
  )
    return false;
  if (/[A-Za-z]{2,}\S* \S*[A-Za-z]|^[A-Z][a-z]+[.:…]?$/.test(words)) return true;
  return ts.isTemplateExpression(node) ? /\s[a-z]{2,}/.test(text) : /^\s*[a-z]+\s*$/.test(words) && isWord(node);
}

const textOf = (node) =>
  ts.isTemplateExpression(node)
    ? node.head.text + node.templateSpans.map(({ literal }) => `{…}${literal.text}`).join("")
    : node.text;

const isString = (node) =>
  ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);

function readStrings(node, add) {
  if (isString(node) && !isHidden(node) && !isChoice(node) && isText(textOf(node), node)) add(node, textOf(node));
}

function readNames(node, add) {
  const isDeclared = ts.isIdentifier(node) && node.parent.name === node && !ts.isPropertyAccessExpression(node.parent);
  const isProperty = isDeclared && /Property|Import|Export/.test(ts.SyntaxKind[node.parent.kind]);
  if (isDeclared && !isProperty && node.text.length >= 4) add(node, node.text);
}

function readDocstrings(node, add) {
  for (const { pos, end } of node.jsDoc ?? []) {
    const comment = node.getSourceFile().text.slice(pos, end);
    add(node.jsDoc[0], comment.replace(/^\/\*\*|\s*\*\/$|^\s*\*/gm, ""));
  }
}

const isRead = ({ fileName }) =>
  (fileName.includes("/frontend/src/") || (has("--tests") && fileName.includes("/frontend/tests/"))) &&
  !/\.(gen|d)\.ts$/.test(fileName);

function readFile(file, [group, read]) {
  const entries = new Map();
  const add = (node, text) => {
    const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const key = group === "names" ? text : `${line} ${text}`;
    if (!entries.has(key)) entries.set(key, { group, file: path.relative(REPOSITORY, file.fileName), line, text });
  };
  const visit = (node) => {
    read(node, add);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...entries.values()];
}

const STRINGS = ["page", readStrings];
const mode = has("--names") ? ["names", readNames] : has("--docstrings") ? ["docstrings", readDocstrings] : STRINGS;
/** Keys of addresses and choices, which nobody reads. */
const KEYS_ONLY = /src\/(state\/url\/|state\/choice\.ts|history\.ts|api\/)/;
for (const file of program.getSourceFiles().filter(isRead))
  if (mode !== STRINGS || !KEYS_ONLY.test(file.fileName))
    for (const entry of readFile(file, mode)) process.stdout.write(`${JSON.stringify(entry)}\n`);
