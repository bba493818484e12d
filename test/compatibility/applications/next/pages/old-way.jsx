export async function getServerSideProps({ req, res, query }) {
  res.setHeader('X-Pages', 'router');
  return { props: { url: req.url, query } };
}

export default function OldWay(props) {
  return <p>{JSON.stringify(props)}</p>;
}
