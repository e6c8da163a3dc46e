import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** What a layer may not import; `allowTypeImports`: its types are free. The arrows: client → state → views → marks, and planning by itself. */
const keepOut = (files, patterns) => ({
  files: [files].flat(),
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns: [...patterns, JOINS] }] },
});
const folder = (names, message) => ({ regex: `(^|/)(${names})(/|$)`, message });

/** The files beside the layers join them; nothing of a layer knows them. */
const JOINS = {
  regex: "^(\\.\\./)+(shell|main|token|firstFrame|history|keys|rest)$",
  message: "Only the files beside the layers join them.",
};
const VALUES_ONLY = {
  regex: "(^|/)api/(?!(values|url)$)",
  message: "Values and addresses only: what is asked of the server is an action.",
};

const LAYERS = [
  keepOut("src/api/**/*.ts", [folder("state|planning|views|marks", "The client knows nothing of the page.")]),
  keepOut("src/planning/**/*.ts", [
    folder("state|views|marks", "Planning computes from values alone, as its twin on the server does."),
    { regex: "(^|/)api/(?!values$)", message: "Planning reads the types of api/values alone." },
    { regex: "(^|/)api/values$", allowTypeImports: true, message: "Planning reads the types of api/values alone." },
  ]),
  keepOut("src/state/**/*.ts", [
    folder("views", "The State does not know what draws it."),
    { regex: "(^|/)marks/(?!format$)", message: "Of marks, the State uses the formats of numbers alone." },
  ]),
  keepOut(
    ["src/state/*.ts", "src/state/!(actions)/**/*.ts"],
    [
      folder("views", "The State does not know what draws it."),
      folder("actions", "Actions are built on the State; it does not know them."),
      { regex: "(^|/)marks/(?!format$)", message: "Of marks, the State uses the formats of numbers alone." },
      { ...VALUES_ONLY, allowTypeImports: true },
    ],
  ),
  keepOut("src/marks/**/*.ts", [folder("state|planning|views|api", "A mark draws what it is given.")]),
  keepOut("src/views/**/*.ts", [
    VALUES_ONLY,
    folder("state/store", "A view is given the State; only the shell holds it."),
    folder("state/actions/.+", "A view calls the actions it is given."),
    { regex: "(^|/)state/actions$", allowTypeImports: true, message: "A view calls the actions it is given." },
    { ...folder("state/changes", "Only actions change the State."), allowTypeImports: true },
  ]),
];

export default tseslint.config(
  { ignores: ["src/api/schema.gen.ts", "node_modules", "dist"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Callbacks are plain functions in objects; nothing of ours reads `this`.
      "@typescript-eslint/unbound-method": "off",
      // `noUncheckedIndexedAccess` makes every index read optional; `!` marks the reads whose range is known.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "max-lines-per-function": ["warn", { max: 60, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 5],
    },
  },
  ...LAYERS,
  { files: ["tests/**/*.ts"], rules: { "max-lines-per-function": "off" } },
);
