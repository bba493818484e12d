const express = require('express');
const site = require('./express/site.cjs');

const port = process.env.PORT ?? 3000;
site(express).listen(port, process.env.HOST, () => console.log(`listening on port ${port}`));
