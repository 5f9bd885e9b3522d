export default function Screen() {
  return <h1>upgrades</h1>;
}
