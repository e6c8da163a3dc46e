/** The REST document for people, at /docs: everything it needs is served from here, since a server may stand without a network. */
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

SwaggerUI({ url: "/openapi.json", dom_id: "#rest", deepLinking: true, validatorUrl: null });
