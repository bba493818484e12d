import './site.css';

export const metadata = { title: 'A site', description: 'For tests.' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
