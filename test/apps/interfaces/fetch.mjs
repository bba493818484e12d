export default {
  fetch(request) {
    const response = new Response(`fetch ${request.method} ${new URL(request.url).pathname}`);
    response.headers.append('Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT');
    response.headers.append('Set-Cookie', 'b=2');
    return response;
  },
};
