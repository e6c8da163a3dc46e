/**
 * Page with the REST documentation, at /docs. All its files come from our server, because the browser may have no
 * internet access.
 */
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

SwaggerUI({ url: "/openapi.json", dom_id: "#rest", deepLinking: true, validatorUrl: null });
