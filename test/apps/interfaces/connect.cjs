const connect = require('connect');

const app = connect();
app.use((req, res) => res.end(`connect ${req.method} ${req.url}`));
exports.application = app;
