import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/top.css";
import "./styles/panels/graph.css";
import "./styles/panels/statistics.css";
import "./styles/panels/confusion.css";
import "./styles/panels/samples.css";
import "./styles/panels/model.css";
import "./styles/panels/plan.css";
import "./styles/panels/agreement.css";
import "./styles/panels/filters.css";
import "./styles/panels/cards.css";
import "./styles/dialogs.css";
import "./styles/panels/tree.css";
import "./styles/exports.css";
import "./styles/sharing.css";
import "./styles/suggestion.css";
import { exchangeToken } from "./token";
import { start } from "./shell";

// Menus, dialogs and toasts are not needed for the first draw.
await exchangeToken();
start(document.body, () => void import("./views/dialogs/widgets"));
