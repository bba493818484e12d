import express from 'express';

const app = express();
app.get('/path', (req, res) => res.send('exported'));
const other = express();
other.get('/path', (req, res) => res.send('listening'));
other.listen(3000);
export default app;
