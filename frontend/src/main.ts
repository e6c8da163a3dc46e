import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/top.css";
import "./styles/graph.css";
import "./styles/statistics.css";
import "./styles/confusion.css";
import "./styles/samples.css";
import "./styles/model.css";
import "./styles/plan.css";
import "./styles/agreement.css";
import "./styles/filters.css";
import "./styles/cards.css";
import "./styles/dialogs.css";
import "./styles/tree.css";
import "./styles/exports.css";
import "./styles/sharing.css";
import { giveToken } from "./entry";
import { start } from "./shell";

// Menus, dialogs and toasts are not needed for the first picture.
await giveToken();
start(document.body, () => void import("./views/dialogs/widgets"));
