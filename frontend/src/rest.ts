/** The REST documentation at /docs. The server delivers all its files, since a browser may have no internet access. */
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";

SwaggerUI({ url: "/openapi.json", dom_id: "#rest", deepLinking: true, validatorUrl: null });
