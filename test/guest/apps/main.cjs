'use strict';
const facts = {
  isMain: require.main === module,
  parent: module.parent === null || module.parent === undefined,
  id: module.id,
  argv: process.argv.slice(1),
  filename: __filename,
};

// As plain scripts do; it is the only application of this module.
if (require.main === module) {
  exports.application = (environ, startResponse) => {
    startResponse('200 OK', []);
    return [JSON.stringify(facts)];
  };
}
