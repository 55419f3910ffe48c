# What is recorded at a special point, and the file that it goes to.
const SYSTEMS = Any[]
const NOTES = Any[]
function flush_json()
    open(OUT, "w") do io
        js(io, obj("about" => ABOUT, "bifurcationkit_version" => string(pkgversion(BifurcationKit)),
                   "julia_version" => string(VERSION), "systems" => SYSTEMS), 0)
        println(io)
    end
end

# One callable type for every vector field, and a plain vector of parameters, so
# that BifurcationKit is compiled once and not once per system.
struct VF; f::Function; end
(F::VF)(u, p) = F.f(u, p)

re(x) = x isa Complex ? ComplexF64(x) : x
function nf_record(br, i; kw...)
    nf = try
        get_normal_form(br, i; kw...)
    catch e
        return obj("error" => first(split(sprint(showerror, e), "\n")))
    end
    cls = String(nameof(typeof(nf)))
    if nf isa BK.Hopf
        return obj("class" => cls, "type" => nf.type, "omega" => nf.ω, "a" => ComplexF64(nf.nf.a), "b" => ComplexF64(nf.nf.b))
    elseif nf isa BK.NdBranchPoint
        return obj("class" => cls, "type" => nf.type, "kernel_dimension" => length(nf), "a01" => nf.nf.a01, "a02" => nf.nf.a02,
                   "b11" => nf.nf.b11, "b20" => nf.nf.b20, "b30" => nf.nf.b30, "kernel" => [collect(real.(z)) for z in nf.ζ])
    else
        c = nf.nf
        return obj("class" => cls, "type" => nf.type, "a01" => c.a01, "a02" => c.a02, "b11" => c.b11, "b20" => c.b20, "b30" => c.b30,
                   "right_vector" => length(nf.ζ) <= 8 ? collect(real.(nf.ζ)) : nothing)
    end
end

# put the refined point (x, p) in the place of special point i, with its own eigen-elements
function patch!(br, i, x, p, target)
    sp = br.specialpoint[i]
    J = BK.jacobian(br.prob, x, BK.setparam(br, p))
    λ, V, = br.contparams.newton_options.eigsolver(J, length(x))
    ind = argmin(abs.(λ .- target))
    old = br.eig[sp.idx]
    br.eig[sp.idx] = (eigenvals = convert(typeof(old.eigenvals), λ), eigenvecs = convert(typeof(old.eigenvecs), V), converged = true, step = old.step)
    br.specialpoint[i] = BK.setproperties(sp, (x = x, param = p, ind_ev = ind))
    return λ[ind], norm(BK.residual(br.prob, x, BK.setparam(br, p)), Inf)
end

function exact_for(sp, exact)
    best = nothing
    for e in exact
        d = Dict(e)
        same = d["kind"] == "hopf" ? sp.type == :hopf : sp.type in (:bp, :fold, :nd)
        if same && abs(d["param"] - sp.param) < 1e-3 && (best === nothing || abs(d["param"] - sp.param) < abs(best[2] - sp.param))
            best = (e, d["param"])
        end
    end
    best === nothing ? nothing : best[1]
end

function sp_record(br, i, exact; refine = true, rtol = 1e-13)
    sp = br.specialpoint[i]
    n = length(sp.x)
    out = obj("index" => i, "type" => sp.type, "param" => sp.param, "state" => copy(sp.x))
    if sp.type == :endpoint
        return out
    end
    ev = br.eig[sp.idx].eigenvals
    crit = sp.ind_ev > 0 ? ev[sp.ind_ev] : ev[argmin(abs.(real.(ev)))]
    near = n <= 8 ? collect(ev) : ev[sortperm(abs.(real.(ev)))[1:min(4, length(ev))]]
    append!(out, obj("status" => sp.status, "precision" => sp.precision, "interval" => collect(sp.interval), "delta" => collect(sp.δ),
                     "step" => sp.step, "critical_eigenvalue" => ComplexF64(crit), "eigenvalues" => ComplexF64.(near)))
    nf = nf_record(br, i)
    push!(out, "normal_form" => nf)
    cls = get(Dict(nf), "class", "")
    if refine && cls in ("Fold", "Hopf")
        try
            # a fixed number of Newton steps down to rounding level (the scale of the residual differs from system to system)
            sol = BK.newton(br, i; options = BK.NewtonPar(br.contparams.newton_options; tol = 1e-25, max_iterations = 6), start_with_eigen = true)
            x = copy(sol.u.u)
            pnew = sol.u.p isa Number ? sol.u.p : sol.u.p[1]
            om = sol.u.p isa Number ? nothing : sol.u.p[2]
            lam, res = patch!(br, i, x, pnew, cls == "Hopf" ? complex(0, om) : 0)
            push!(out, "refined" => obj("param" => pnew, "state" => x, "omega" => om, "critical_eigenvalue" => ComplexF64(lam), "residual" => res,
                                        "newton_residual" => sol.residuals[end], "normal_form" => nf_record(br, i)))
        catch e
            push!(out, "refined" => obj("error" => first(split(sprint(showerror, e), "\n"))))
        end
    end
    ex = exact_for(sp, exact)
    ex === nothing || push!(out, "exact" => ex)
    return out
end
