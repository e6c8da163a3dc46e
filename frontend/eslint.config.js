import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * What a layer may not import; `allowTypeImports` permits types. Order: client → state → views → marks; planning stands
 * alone.
 */
const restrictImports = (files, patterns) => ({
  files: [files].flat(),
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns: [...patterns, CONNECTORS] }] },
});
const folder = (names, message) => ({ regex: `(^|/)(${names})(/|$)`, message });

/** Top-level files connect the layers; no layer imports them. */
const CONNECTORS = {
  regex: "^(\\.\\./)+(shell|main|token|firstFrame|history|keys|rest)$",
  message: "Only top-level files connect the layers.",
};
const API_VALUES_ONLY = {
  regex: "(^|/)api/(?!(values|url)$)",
  message: "Values and URLs only: requests to the server belong in actions.",
};

const LAYERS = [
  restrictImports("src/api/**/*.ts", [folder("state|planning|views|marks", "The client must not depend on the page.")]),
  restrictImports("src/planning/**/*.ts", [
    folder("state|views|marks", "Planning computes from values only, like its counterpart on the server."),
    { regex: "(^|/)api/(?!values$)", message: "Planning imports only the types of api/values." },
    { regex: "(^|/)api/values$", allowTypeImports: true, message: "Planning imports only the types of api/values." },
  ]),
  restrictImports("src/state/**/*.ts", [
    folder("views", "The State must not depend on the views."),
    { regex: "(^|/)marks/(?!format$)", message: "From marks, the State imports only number formats." },
  ]),
  restrictImports(
    ["src/state/*.ts", "src/state/!(actions)/**/*.ts"],
    [
      folder("views", "The State must not depend on the views."),
      folder("actions", "Actions depend on the State, not the reverse."),
      { regex: "(^|/)marks/(?!format$)", message: "From marks, the State imports only number formats." },
      { ...API_VALUES_ONLY, allowTypeImports: true },
    ],
  ),
  restrictImports("src/marks/**/*.ts", [folder("state|planning|views|api", "Marks draw only what they receive.")]),
  restrictImports("src/views/**/*.ts", [
    API_VALUES_ONLY,
    folder("state/store", "Views receive the State; only the shell holds the store."),
    folder("state/actions/.+", "Views call the actions they receive."),
    { regex: "(^|/)state/actions$", allowTypeImports: true, message: "Views call the actions they receive." },
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
      // Callbacks are plain functions in objects that do not use `this`.
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
