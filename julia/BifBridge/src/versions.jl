# What is installed, for reports.

"""
    versions()

Versions of Julia and of the packages that compute.
"""
versions() = (
    julia = string(VERSION),
    bifbridge = string(pkgversion(BifBridge)),
    bifurcationkit = string(pkgversion(BifurcationKit)),
    forwarddiff = string(pkgversion(ForwardDiff)),
)
