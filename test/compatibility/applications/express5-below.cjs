// The site below a prefix, as Express has it.
const express = require('express');
const site = require('./express/site.cjs');

express()
  .use('/below', site(express))
  .listen(process.env.PORT ?? 3000, process.env.HOST);
