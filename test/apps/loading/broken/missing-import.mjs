import './is-not-there.mjs';

export const application = () => ['never'];
