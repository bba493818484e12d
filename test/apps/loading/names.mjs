const says = (words) => (_environ, startResponse) => {
  startResponse('200 OK', []);
  return [words];
};

export const application = says('application');
export default says('default');
export const admin = says('admin');
export const number = 17;
