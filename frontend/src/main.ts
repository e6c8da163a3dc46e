import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/panels.css";
import "./styles/model.css";
import "./styles/plan.css";
import "./styles/filters.css";
import "./styles/dialogs.css";
import "./styles/tree.css";
import { start } from "./shell";

start(document.body);
// Menus, dialogs and toasts are not needed for the first picture.
void import("./views/dialogs/widgets");
