const express = require('express4');
const site = require('./express/site.cjs');

site(express).listen(process.env.PORT ?? 3000, process.env.HOST);
