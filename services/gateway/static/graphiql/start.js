// Starts GraphiQL. The token typed into Headers ({"Authorization": "Bearer ..."}) travels with
// queries as a header and with subscriptions in connection_init; it is kept in memory only.
"use strict";

const socket = new URL(window.location.href);
socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
socket.search = "";
socket.hash = "";

const fetcher = GraphiQL.createFetcher({
  url: window.location.pathname,
  subscriptionUrl: socket.toString(),
});

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultEditorToolsVisibility: "headers",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    defaultQuery: "{ me { personId roles name clinic { name } } }",
  }),
);
