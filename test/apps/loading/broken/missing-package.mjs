import 'a-package-that-is-not-there';

export const application = () => ['never'];
