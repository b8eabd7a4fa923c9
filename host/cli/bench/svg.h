#pragma once
/// Drawings that become part of a page. Colours are the page's: class "cN" sets the N-th of kColours, so that
/// one style sheet has them for light and for dark.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec::cli::bench {

/// Text as HTML and SVG hold it; control characters and what is not UTF-8 become "?".
std::string escaped(std::string_view text);

/// How many colours there are; a further series starts again with the first.
inline constexpr int kColours = 10;
std::string colour_class(std::size_t number);

enum class Anchor { start, middle, end };

/// One <svg> element, as wide as its surroundings, with a coordinate system of `width` x `height` units of
/// about a pixel on a phone.
class Svg {
 public:
  Svg(double width, double height) : width_(width), height_(height) {}

  /// `hint` shows where a pointer rests on it.
  void bar(double x, double y, double width, double height, const std::string& css,
           const std::string& hint = "");
  void line(const std::vector<std::pair<double, double>>& points, const std::string& css);
  void dot(double x, double y, const std::string& css, const std::string& hint = "");
  void text(double x, double y, const std::string& words, const std::string& css = "",
            Anchor anchor = Anchor::start);
  /// `label` says to those who do not see it what it shows.
  std::string element(const std::string& label) const;

 private:
  double width_;
  double height_;
  std::string parts_;
};

}  // namespace warp2vec::cli::bench
