/** Functions that nothing tells apart. */
export const node = (req, res) => res.end(`function of node ${req.method} ${req.url}`);

export const fetching = (request) => new Response(`function of fetch ${request.method}`);

export const tsgi = (environ, startResponse) => {
  startResponse('200 OK', []);
  return [`function of tsgi ${environ.REQUEST_METHOD}`];
};
